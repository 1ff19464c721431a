ALTER TABLE "messaging"."conversations" ADD COLUMN "control" text DEFAULT 'unknown' NOT NULL;--> statement-breakpoint
ALTER TABLE "messaging"."conversations" ADD COLUMN "held_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "messaging"."pages" ADD COLUMN "has_routing" boolean;--> statement-breakpoint
UPDATE "messaging"."conversations" SET "control" = 'other', "controlled_by_app" = nullif("controlled_by_app", 'another app') WHERE "controlled_by_app" IS NOT NULL;--> statement-breakpoint
ALTER TABLE "messaging"."conversations" ADD CONSTRAINT "conversations_control" CHECK ("messaging"."conversations"."control" in ('unknown', 'ours', 'other', 'requested', 'idle')
        and ("messaging"."conversations"."controlled_by_app" is null or "messaging"."conversations"."control" in ('other', 'requested')));