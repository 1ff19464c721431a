ALTER TABLE "messaging"."giving_rules" RENAME TO "assignment_rules";--> statement-breakpoint
ALTER TABLE "messaging"."assignment_rules" RENAME CONSTRAINT "giving_rules_pkey" TO "assignment_rules_pkey";--> statement-breakpoint
ALTER TABLE "messaging"."assignment_rules" RENAME CONSTRAINT "giving_rules_workspace_id_workspaces_id_fk" TO "assignment_rules_workspace_id_workspaces_id_fk";--> statement-breakpoint
ALTER TABLE "messaging"."assignment_rules" RENAME CONSTRAINT "giving_rules_how" TO "assignment_rules_how";--> statement-breakpoint
ALTER TABLE "messaging"."assignment_rules" RENAME CONSTRAINT "giving_rules_people" TO "assignment_rules_people";--> statement-breakpoint
ALTER TABLE "messaging"."assignment_rules" RENAME CONSTRAINT "giving_rules_most" TO "assignment_rules_most";--> statement-breakpoint
-- Processes of 0.2.0 read and write by this name while an update runs. db/README.md says when it goes.
CREATE VIEW "messaging"."giving_rules" AS SELECT "workspace_id", "how", "user_ids", "most_open", "last_user_id", "since" FROM "messaging"."assignment_rules";
