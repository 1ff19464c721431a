CREATE TABLE "messaging"."messenger_profiles" (
	"page_id" uuid PRIMARY KEY NOT NULL,
	"workspace_id" uuid NOT NULL,
	"profile" jsonb NOT NULL,
	"revision" integer DEFAULT 0 NOT NULL,
	"status" text NOT NULL,
	"status_reason" text,
	"status_remedy" text,
	"saved_at" timestamp with time zone,
	"asked_at" timestamp with time zone,
	"at_meta" jsonb,
	"read_at" timestamp with time zone,
	"base" jsonb NOT NULL,
	CONSTRAINT "messenger_profiles_status" CHECK ("messaging"."messenger_profiles"."status" in ('draft', 'publishing', 'published', 'failed'))
);
--> statement-breakpoint
ALTER TABLE "messaging"."messenger_profiles" ADD CONSTRAINT "messenger_profiles_workspace_id_page_id_pages_workspace_id_id_fk" FOREIGN KEY ("workspace_id","page_id") REFERENCES "messaging"."pages"("workspace_id","id") ON DELETE cascade ON UPDATE no action;