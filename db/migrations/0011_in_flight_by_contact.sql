DROP INDEX "messaging"."deliveries_contact_open";--> statement-breakpoint
DROP INDEX "messaging"."deliveries_in_flight";--> statement-breakpoint
CREATE INDEX "deliveries_contact_open" ON "messaging"."deliveries" USING btree ("contact_id","id") WHERE "messaging"."deliveries"."campaign_id" is null and "messaging"."deliveries"."state" in ('queued', 'leased', 'sending', 'unknown');--> statement-breakpoint
CREATE INDEX "deliveries_in_flight" ON "messaging"."deliveries" USING btree ("contact_id") WHERE "messaging"."deliveries"."state" in ('leased', 'sending', 'unknown');