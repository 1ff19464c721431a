DROP INDEX "messaging"."deliveries_thread";--> statement-breakpoint
DROP INDEX "messaging"."deliveries_contact";--> statement-breakpoint
CREATE INDEX "deliveries_contact" ON "messaging"."deliveries" USING btree ("contact_id","settled_at","campaign_id");