CREATE TABLE "messaging"."campaign_actions" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"workspace_id" uuid NOT NULL,
	"campaign_id" uuid NOT NULL,
	"user_id" uuid,
	"action" text NOT NULL,
	"note" text,
	"at" timestamp with time zone DEFAULT clock_timestamp() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "messaging"."notifications" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"workspace_id" uuid NOT NULL,
	"user_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"campaign_id" uuid NOT NULL,
	"detail" text,
	"starts_at" timestamp with time zone,
	"read_at" timestamp with time zone,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
ALTER TABLE "messaging"."campaigns" ADD COLUMN "approval" text;--> statement-breakpoint
ALTER TABLE "messaging"."campaigns" ADD COLUMN "approval_asked_by" uuid;--> statement-breakpoint
ALTER TABLE "messaging"."campaigns" ADD COLUMN "approval_decided_by" uuid;--> statement-breakpoint
ALTER TABLE "messaging"."campaigns" ADD COLUMN "approval_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "messaging"."campaigns" ADD COLUMN "approval_note" text;--> statement-breakpoint
ALTER TABLE "messaging"."campaigns" ADD COLUMN "reminded_for" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "messaging"."campaigns" ADD COLUMN "untold" text;--> statement-breakpoint
ALTER TABLE "messaging"."sending_rules" ADD COLUMN "operators_need_approval" boolean DEFAULT true NOT NULL;--> statement-breakpoint
ALTER TABLE "messaging"."campaign_actions" ADD CONSTRAINT "campaign_actions_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "auth"."users"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "messaging"."campaign_actions" ADD CONSTRAINT "campaign_actions_workspace_id_campaign_id_campaigns_workspace_id_id_fk" FOREIGN KEY ("workspace_id","campaign_id") REFERENCES "messaging"."campaigns"("workspace_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "messaging"."notifications" ADD CONSTRAINT "notifications_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "auth"."workspaces"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "messaging"."notifications" ADD CONSTRAINT "notifications_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "auth"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "messaging"."notifications" ADD CONSTRAINT "notifications_workspace_id_campaign_id_campaigns_workspace_id_id_fk" FOREIGN KEY ("workspace_id","campaign_id") REFERENCES "messaging"."campaigns"("workspace_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "campaign_actions_list" ON "messaging"."campaign_actions" USING btree ("campaign_id","id");--> statement-breakpoint
CREATE INDEX "notifications_list" ON "messaging"."notifications" USING btree ("user_id","workspace_id","id");--> statement-breakpoint
CREATE INDEX "notifications_unread" ON "messaging"."notifications" USING btree ("user_id","workspace_id") WHERE "messaging"."notifications"."read_at" is null;--> statement-breakpoint
CREATE INDEX "notifications_campaign" ON "messaging"."notifications" USING btree ("campaign_id");--> statement-breakpoint
CREATE INDEX "notifications_created" ON "messaging"."notifications" USING btree ("created_at");--> statement-breakpoint
ALTER TABLE "messaging"."campaigns" ADD CONSTRAINT "campaigns_approval_asked_by_users_id_fk" FOREIGN KEY ("approval_asked_by") REFERENCES "auth"."users"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "messaging"."campaigns" ADD CONSTRAINT "campaigns_approval_decided_by_users_id_fk" FOREIGN KEY ("approval_decided_by") REFERENCES "auth"."users"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "campaigns_untold" ON "messaging"."campaigns" USING btree ("id") WHERE "messaging"."campaigns"."untold" is not null;--> statement-breakpoint
ALTER TABLE "messaging"."campaigns" ADD CONSTRAINT "campaigns_approval" CHECK ("messaging"."campaigns"."approval" in ('asked', 'given', 'refused'));--> statement-breakpoint
ALTER TABLE "messaging"."campaigns" ADD CONSTRAINT "campaigns_untold_kind" CHECK ("messaging"."campaigns"."untold" in ('paused', 'finished'));