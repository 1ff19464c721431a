ALTER TABLE "messaging"."deliveries" DROP CONSTRAINT "deliveries_workspace_id_campaign_id_campaigns_workspace_id_id_fk";
--> statement-breakpoint
ALTER TABLE "messaging"."deliveries" DROP CONSTRAINT "deliveries_workspace_id_content_id_contents_workspace_id_id_fk";
