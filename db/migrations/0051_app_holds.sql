CREATE TABLE "messaging"."app_holds" (
	"id" boolean PRIMARY KEY DEFAULT true NOT NULL,
	"reason" text NOT NULL,
	"are_replies_free" boolean NOT NULL,
	"holds" integer NOT NULL,
	"held_until" timestamp with time zone NOT NULL,
	CONSTRAINT "app_holds_one" CHECK ("messaging"."app_holds"."id")
);
--> statement-breakpoint
ALTER TABLE "messaging"."pages" ADD COLUMN "restricted_until" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "messaging"."pages" ADD COLUMN "restrictions" jsonb DEFAULT '[]' NOT NULL;--> statement-breakpoint
ALTER TABLE "messaging"."pages" ADD COLUMN "human_agent_refused_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "messaging"."pages" ADD CONSTRAINT "pages_restricted_until" CHECK ("messaging"."pages"."restricted_until" is null or "messaging"."pages"."status" = 'restricted');