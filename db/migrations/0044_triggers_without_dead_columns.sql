ALTER TABLE "messaging"."triggers" DROP COLUMN "page_ids";--> statement-breakpoint
ALTER TABLE "messaging"."triggers" DROP COLUMN "cooldown_seconds";--> statement-breakpoint
ALTER TABLE "messaging"."triggers" DROP COLUMN "max_per_contact";