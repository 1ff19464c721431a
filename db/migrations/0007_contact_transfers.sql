CREATE UNLOGGED TABLE "messaging"."contact_import_rows" (
	"transfer_id" uuid NOT NULL,
	"line" integer NOT NULL,
	"psid" text NOT NULL,
	"first_name" text,
	"last_name" text,
	"locale" text,
	"subscribed" boolean,
	"tag_ids" uuid[],
	"fields" jsonb,
	"contact_id" uuid,
	"is_new" boolean,
	"before" jsonb,
	CONSTRAINT "contact_import_rows_transfer_id_line_pk" PRIMARY KEY("transfer_id","line")
);
--> statement-breakpoint
ALTER TABLE "messaging"."contact_transfers" DROP CONSTRAINT "contact_transfers_kind";--> statement-breakpoint
DROP INDEX "messaging"."deliveries_contact_campaigns";--> statement-breakpoint
ALTER TABLE "messaging"."contact_transfers" ADD COLUMN "after_id" uuid;--> statement-breakpoint
CREATE INDEX "deliveries_contact" ON "messaging"."deliveries" USING btree ("contact_id","id");--> statement-breakpoint
ALTER TABLE "messaging"."contact_transfers" ADD CONSTRAINT "contact_transfers_kind" CHECK ("messaging"."contact_transfers"."kind" in ('import', 'export', 'bulk'));