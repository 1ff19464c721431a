DROP INDEX "messaging"."deliveries_campaign_open";--> statement-breakpoint
DROP INDEX "messaging"."deliveries_waiting";--> statement-breakpoint
CREATE INDEX "deliveries_campaign_in_flight" ON "messaging"."deliveries" USING btree ("campaign_id") WHERE "messaging"."deliveries"."campaign_id" is not null and "messaging"."deliveries"."state" in ('leased', 'sending', 'unknown');--> statement-breakpoint
CREATE INDEX "deliveries_waiting" ON "messaging"."deliveries" USING btree ("campaign_id","page_id","class","due_at","id") WHERE "messaging"."deliveries"."state" = 'queued';