CREATE TABLE "messaging"."receipts" (
	"delivery_id" uuid PRIMARY KEY NOT NULL,
	"delivered_at" timestamp with time zone NOT NULL,
	"read_at" timestamp with time zone
);
--> statement-breakpoint
ALTER TABLE "messaging"."receipts" ADD CONSTRAINT "receipts_delivery_id_deliveries_id_fk" FOREIGN KEY ("delivery_id") REFERENCES "messaging"."deliveries"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
-- One answer was counted for several campaigns: a job counts each of these once more.
UPDATE "messaging"."campaigns" SET "progress" = "progress" || '{"isToRecount": true}', "receipts_due_at" = clock_timestamp()
WHERE "kind" <> 'sequence' AND "launched_at" IS NOT NULL AND coalesce(("counts" ->> 'replied')::int8, 0) > 0;
