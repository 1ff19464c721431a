CREATE TABLE "messaging"."page_calls" (
	"workspace_id" uuid NOT NULL,
	"page_id" uuid NOT NULL,
	"hour" timestamp with time zone NOT NULL,
	"calls" integer NOT NULL,
	CONSTRAINT "page_calls_page_id_hour_pk" PRIMARY KEY("page_id","hour")
);
--> statement-breakpoint
ALTER TABLE "messaging"."deliveries" DROP CONSTRAINT "deliveries_message";--> statement-breakpoint
ALTER TABLE "messaging"."deliveries" DROP CONSTRAINT "deliveries_attempt";--> statement-breakpoint
ALTER TABLE "messaging"."campaign_deltas" ADD COLUMN "errors" jsonb;--> statement-breakpoint
ALTER TABLE "messaging"."campaigns" ADD COLUMN "recent" jsonb DEFAULT '[]' NOT NULL;--> statement-breakpoint
ALTER TABLE "messaging"."paces" ADD COLUMN "leased_by" uuid;--> statement-breakpoint
ALTER TABLE "messaging"."paces" ADD COLUMN "leased_until" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "messaging"."paces" ADD COLUMN "epoch" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "messaging"."paces" ADD COLUMN "engaged" integer;--> statement-breakpoint
ALTER TABLE "messaging"."paces" ADD COLUMN "engaged_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "messaging"."page_calls" ADD CONSTRAINT "page_calls_workspace_id_page_id_pages_workspace_id_id_fk" FOREIGN KEY ("workspace_id","page_id") REFERENCES "messaging"."pages"("workspace_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "deliveries_message" ON "messaging"."deliveries" USING btree ("message_id") WHERE "messaging"."deliveries"."message_id" is not null;--> statement-breakpoint
CREATE UNIQUE INDEX "deliveries_attempt" ON "messaging"."deliveries" USING btree ("attempt_id") WHERE "messaging"."deliveries"."attempt_id" is not null;--> statement-breakpoint
ALTER TABLE "messaging"."lanes" DROP COLUMN "leased_by";--> statement-breakpoint
ALTER TABLE "messaging"."lanes" DROP COLUMN "leased_until";--> statement-breakpoint
ALTER TABLE "messaging"."lanes" DROP COLUMN "epoch";