CREATE TABLE "auth"."workspace_switches" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"workspace_id" uuid NOT NULL,
	"is_on" boolean NOT NULL,
	"user_id" uuid,
	"at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
ALTER TABLE "messaging"."notifications" DROP CONSTRAINT "notifications_about";--> statement-breakpoint
ALTER TABLE "messaging"."campaigns" ADD COLUMN "overdue_for" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "messaging"."pages" ADD COLUMN "told_trouble" text;--> statement-breakpoint
ALTER TABLE "auth"."workspace_switches" ADD CONSTRAINT "workspace_switches_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "auth"."workspaces"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "auth"."workspace_switches" ADD CONSTRAINT "workspace_switches_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "auth"."users"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "workspace_switches_list" ON "auth"."workspace_switches" USING btree ("workspace_id","id");--> statement-breakpoint
ALTER TABLE "messaging"."notifications" ADD CONSTRAINT "notifications_workspace_id_page_id_pages_workspace_id_id_fk" FOREIGN KEY ("workspace_id","page_id") REFERENCES "messaging"."pages"("workspace_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "campaigns_asked" ON "messaging"."campaigns" USING btree ("id") WHERE "messaging"."campaigns"."approval" = 'asked';--> statement-breakpoint
ALTER TABLE "messaging"."notifications" ADD CONSTRAINT "notifications_about" CHECK (num_nonnulls("messaging"."notifications"."campaign_id", coalesce("messaging"."notifications"."conversation_id", "messaging"."notifications"."page_id")) = 1);--> statement-breakpoint
-- What was told before says why as it is told now: the person is in its own column, and the title says the rest.
UPDATE "messaging"."notifications" SET "detail" = CASE WHEN "kind" = 'campaign-paused' THEN upper(substr("detail", 19, 1)) || substr("detail", 20) END
WHERE "kind" = 'campaign-paused' AND "detail" LIKE 'Paused by itself: %' OR "kind" IN ('approval-asked', 'approval-given') AND "actor_user_id" IS NOT NULL;