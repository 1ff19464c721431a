CREATE TABLE "auth"."invitation_pages" (
	"invitation_id" uuid NOT NULL,
	"workspace_id" uuid NOT NULL,
	"page_id" uuid NOT NULL,
	CONSTRAINT "invitation_pages_invitation_id_workspace_id_page_id_pk" PRIMARY KEY("invitation_id","workspace_id","page_id")
);
--> statement-breakpoint
CREATE TABLE "auth"."member_pages" (
	"workspace_id" uuid NOT NULL,
	"user_id" uuid NOT NULL,
	"page_id" uuid NOT NULL,
	CONSTRAINT "member_pages_workspace_id_user_id_page_id_pk" PRIMARY KEY("workspace_id","user_id","page_id")
);
--> statement-breakpoint
ALTER TABLE "auth"."invitation_places" ADD COLUMN "access" text DEFAULT 'all' NOT NULL;--> statement-breakpoint
ALTER TABLE "auth"."memberships" ADD COLUMN "access" text DEFAULT 'all' NOT NULL;--> statement-breakpoint
ALTER TABLE "auth"."invitation_pages" ADD CONSTRAINT "invitation_pages_place" FOREIGN KEY ("invitation_id","workspace_id") REFERENCES "auth"."invitation_places"("invitation_id","workspace_id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "auth"."invitation_pages" ADD CONSTRAINT "invitation_pages_page" FOREIGN KEY ("workspace_id","page_id") REFERENCES "messaging"."pages"("workspace_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "auth"."member_pages" ADD CONSTRAINT "member_pages_member" FOREIGN KEY ("workspace_id","user_id") REFERENCES "auth"."memberships"("workspace_id","user_id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "auth"."member_pages" ADD CONSTRAINT "member_pages_page" FOREIGN KEY ("workspace_id","page_id") REFERENCES "messaging"."pages"("workspace_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "invitation_pages_page" ON "auth"."invitation_pages" USING btree ("workspace_id","page_id");--> statement-breakpoint
CREATE INDEX "member_pages_page" ON "auth"."member_pages" USING btree ("workspace_id","page_id");--> statement-breakpoint
ALTER TABLE "auth"."invitation_places" ADD CONSTRAINT "invitation_places_access" CHECK ("auth"."invitation_places"."access" in ('all', 'pages', 'assigned'));--> statement-breakpoint
ALTER TABLE "auth"."memberships" ADD CONSTRAINT "memberships_access" CHECK ("auth"."memberships"."access" in ('all', 'pages', 'assigned'));--> statement-breakpoint
ALTER TABLE "auth"."memberships" ADD CONSTRAINT "memberships_owner_access" CHECK ("auth"."memberships"."role" <> 'owner' or "auth"."memberships"."access" = 'all');