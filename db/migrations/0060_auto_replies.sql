ALTER TABLE "messaging"."page_replies" RENAME TO "auto_replies";--> statement-breakpoint
ALTER TABLE "messaging"."auto_replies" RENAME CONSTRAINT "page_replies_pkey" TO "auto_replies_pkey";--> statement-breakpoint
ALTER TABLE "messaging"."auto_replies" RENAME CONSTRAINT "page_replies_workspace_id_page_id_pages_workspace_id_id_fk" TO "auto_replies_workspace_id_page_id_pages_workspace_id_id_fk";--> statement-breakpoint
-- Processes of 0.2.0 read and write by this name while an update runs. db/README.md says when it goes.
CREATE VIEW "messaging"."page_replies" AS SELECT "page_id", "workspace_id", "welcome", "away", "business_hours", "updated_at", "seen_until" FROM "messaging"."auto_replies";
