ALTER TABLE "messaging"."pages" DROP CONSTRAINT "pages_token";--> statement-breakpoint
ALTER TABLE "auth"."workspaces" ADD COLUMN "is_demo" boolean DEFAULT false NOT NULL;--> statement-breakpoint
CREATE UNIQUE INDEX "workspaces_one_demo" ON "auth"."workspaces" USING btree ("is_demo") WHERE "auth"."workspaces"."is_demo";--> statement-breakpoint
ALTER TABLE "auth"."workspaces" ADD CONSTRAINT "workspaces_demo_off" CHECK (not "auth"."workspaces"."is_demo" or "auth"."workspaces"."disabled_at" is not null);--> statement-breakpoint
ALTER TABLE "messaging"."pages" ADD CONSTRAINT "pages_token" CHECK (case when "messaging"."pages"."facebook_id" like 'demo-%' then "messaging"."pages"."token_sealed" is null
        else "messaging"."pages"."status" = 'disconnected' or "messaging"."pages"."token_sealed" is not null end);