CREATE TABLE "auth"."mailed_links" (
	"token_hash" text PRIMARY KEY NOT NULL,
	"kind" text NOT NULL,
	"user_id" uuid NOT NULL,
	"email" text,
	"created_at" timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	CONSTRAINT "mailed_links_kind" CHECK ("auth"."mailed_links"."kind" in ('reset', 'address', 'undo')),
	CONSTRAINT "mailed_links_email" CHECK (("auth"."mailed_links"."email" is null) = ("auth"."mailed_links"."kind" = 'reset'))
);
--> statement-breakpoint
ALTER TABLE "auth"."mailed_links" ADD CONSTRAINT "mailed_links_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "auth"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "mailed_links_user" ON "auth"."mailed_links" USING btree ("user_id");--> statement-breakpoint
CREATE INDEX "mailed_links_expires" ON "auth"."mailed_links" USING btree ("expires_at");--> statement-breakpoint
CREATE UNIQUE INDEX "mailed_links_address" ON "auth"."mailed_links" USING btree ("user_id") WHERE "auth"."mailed_links"."kind" = 'address';