CREATE SCHEMA "mail";
--> statement-breakpoint
CREATE TABLE "mail"."mails" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"kind" text NOT NULL,
	"address" text NOT NULL,
	"content_sealed" text,
	"state" text DEFAULT 'queued' NOT NULL,
	"failure" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"settled_at" timestamp with time zone,
	CONSTRAINT "mails_state" CHECK ("mail"."mails"."state" in ('queued', 'sent', 'failed')),
	CONSTRAINT "mails_content" CHECK (case "mail"."mails"."state" when 'queued' then "mail"."mails"."content_sealed" is not null when 'sent' then "mail"."mails"."content_sealed" is null else true end)
);
--> statement-breakpoint
CREATE INDEX "mails_address" ON "mail"."mails" USING btree (lower("address"),"created_at");--> statement-breakpoint
CREATE INDEX "mails_created" ON "mail"."mails" USING btree ("created_at");