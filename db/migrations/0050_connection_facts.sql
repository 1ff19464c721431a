CREATE TABLE "messaging"."app_settings" (
	"is_only" boolean PRIMARY KEY DEFAULT true NOT NULL,
	"callback_url" text,
	"is_active" boolean NOT NULL,
	"fields" text[] NOT NULL,
	"differences" text[] NOT NULL,
	"checked_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "app_settings_only" CHECK ("messaging"."app_settings"."is_only")
);
--> statement-breakpoint
ALTER TABLE "messaging"."facebook_logins" ADD COLUMN "asked" text[] DEFAULT '{}' NOT NULL;--> statement-breakpoint
ALTER TABLE "messaging"."pages" ADD COLUMN "refused_fields" jsonb DEFAULT '[]' NOT NULL;--> statement-breakpoint
ALTER TABLE "messaging"."pages" ADD COLUMN "token_holder" text;--> statement-breakpoint
ALTER TABLE "messaging"."pages" ADD COLUMN "check_problem" text;--> statement-breakpoint
ALTER TABLE "messaging"."pages" ADD COLUMN "unheard_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "messaging"."pages" ADD COLUMN "strangers_refused_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "messaging"."pages" ADD CONSTRAINT "pages_token_holder" CHECK ("messaging"."pages"."token_holder" in ('person', 'system_user'));