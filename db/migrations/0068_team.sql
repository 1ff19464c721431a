CREATE TABLE "auth"."invitation_places" (
	"invitation_id" uuid NOT NULL,
	"workspace_id" uuid NOT NULL,
	"role" text NOT NULL,
	CONSTRAINT "invitation_places_invitation_id_workspace_id_pk" PRIMARY KEY("invitation_id","workspace_id"),
	CONSTRAINT "invitation_places_role" CHECK ("auth"."invitation_places"."role" in ('manager', 'operator', 'viewer'))
);
--> statement-breakpoint
CREATE TABLE "auth"."invitations" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"email" text NOT NULL,
	"is_owner" boolean DEFAULT false NOT NULL,
	"language" text NOT NULL,
	"token_hash" text NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	"mail_id" uuid,
	"invited_by" uuid,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"accepted_at" timestamp with time zone,
	"accepted_by" uuid,
	"revoked_at" timestamp with time zone,
	CONSTRAINT "invitations_end" CHECK ("auth"."invitations"."accepted_at" is null or "auth"."invitations"."revoked_at" is null)
);
--> statement-breakpoint
DROP INDEX "auth"."users_one_owner";--> statement-breakpoint
ALTER TABLE "auth"."users" ADD COLUMN "deleted_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "auth"."invitation_places" ADD CONSTRAINT "invitation_places_invitation_id_invitations_id_fk" FOREIGN KEY ("invitation_id") REFERENCES "auth"."invitations"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "auth"."invitation_places" ADD CONSTRAINT "invitation_places_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "auth"."workspaces"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "auth"."invitations" ADD CONSTRAINT "invitations_invited_by_users_id_fk" FOREIGN KEY ("invited_by") REFERENCES "auth"."users"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "auth"."invitations" ADD CONSTRAINT "invitations_accepted_by_users_id_fk" FOREIGN KEY ("accepted_by") REFERENCES "auth"."users"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "invitation_places_workspace" ON "auth"."invitation_places" USING btree ("workspace_id");--> statement-breakpoint
CREATE UNIQUE INDEX "invitations_token" ON "auth"."invitations" USING btree ("token_hash");--> statement-breakpoint
CREATE UNIQUE INDEX "invitations_open" ON "auth"."invitations" USING btree (lower("email")) WHERE "auth"."invitations"."accepted_at" is null and "auth"."invitations"."revoked_at" is null;--> statement-breakpoint
ALTER TABLE "auth"."users" ADD CONSTRAINT "users_deleted" CHECK ("auth"."users"."deleted_at" is null or ("auth"."users"."deactivated_at" is not null and not "auth"."users"."is_owner"));