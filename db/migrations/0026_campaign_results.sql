ALTER TABLE "messaging"."campaigns" ADD COLUMN "results" jsonb;--> statement-breakpoint
ALTER TABLE "messaging"."campaigns" ADD COLUMN "results_at" timestamp with time zone;