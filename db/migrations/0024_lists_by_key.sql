DROP INDEX "messaging"."campaigns_list";--> statement-breakpoint
DROP INDEX "messaging"."contact_transfers_list";--> statement-breakpoint
DROP INDEX "messaging"."contacts_list";