ALTER TABLE "messaging"."campaigns" ADD COLUMN "progress" jsonb DEFAULT '{}' NOT NULL;--> statement-breakpoint
ALTER TABLE "messaging"."campaigns" ADD COLUMN "progress_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "messaging"."campaigns" ADD COLUMN "receipts_due_at" timestamp with time zone DEFAULT now() NOT NULL;