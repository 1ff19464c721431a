ALTER TABLE "messaging"."notifications" ALTER COLUMN "campaign_id" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "messaging"."notifications" ADD COLUMN "conversation_id" uuid;--> statement-breakpoint
ALTER TABLE "messaging"."notifications" ADD COLUMN "page_id" uuid;--> statement-breakpoint
ALTER TABLE "messaging"."notifications" ADD COLUMN "actor_user_id" uuid;--> statement-breakpoint
ALTER TABLE "messaging"."notifications" ADD CONSTRAINT "notifications_actor_user_id_users_id_fk" FOREIGN KEY ("actor_user_id") REFERENCES "auth"."users"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "messaging"."notifications" ADD CONSTRAINT "notifications_workspace_id_conversation_id_page_id_conversations_workspace_id_id_page_id_fk" FOREIGN KEY ("workspace_id","conversation_id","page_id") REFERENCES "messaging"."conversations"("workspace_id","id","page_id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "notifications_conversation" ON "messaging"."notifications" USING btree ("conversation_id") WHERE "messaging"."notifications"."conversation_id" is not null;--> statement-breakpoint
ALTER TABLE "messaging"."notifications" ADD CONSTRAINT "notifications_about" CHECK (("messaging"."notifications"."campaign_id" is null) <> ("messaging"."notifications"."conversation_id" is null));