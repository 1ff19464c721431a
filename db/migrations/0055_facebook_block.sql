ALTER TABLE "messaging"."contacts" ADD COLUMN "facebook_block" text;--> statement-breakpoint
ALTER TABLE "messaging"."contacts" ADD COLUMN "facebook_block_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "messaging"."contacts" ADD COLUMN "facebook_block_by" uuid;--> statement-breakpoint
ALTER TABLE "messaging"."contacts" ADD COLUMN "facebook_block_error" text;--> statement-breakpoint
ALTER TABLE "messaging"."contacts" ADD CONSTRAINT "contacts_facebook_block_by_users_id_fk" FOREIGN KEY ("facebook_block_by") REFERENCES "auth"."users"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "messaging"."contacts" ADD CONSTRAINT "contacts_facebook_block" CHECK (case when "messaging"."contacts"."facebook_block" is null
        then "messaging"."contacts"."facebook_block_at" is null and "messaging"."contacts"."facebook_block_by" is null and "messaging"."contacts"."facebook_block_error" is null
        else "messaging"."contacts"."facebook_block" in ('block_wanted', 'blocked', 'unblock_wanted') and "messaging"."contacts"."facebook_block_at" is not null
          and ("messaging"."contacts"."facebook_block" = 'unblock_wanted' or "messaging"."contacts"."blocked_at" is not null)
          and ("messaging"."contacts"."facebook_block" <> 'blocked' or "messaging"."contacts"."facebook_block_error" is null) end);