ALTER TABLE "auth"."users" ADD COLUMN "language" text;--> statement-breakpoint
ALTER TABLE "auth"."users" ADD COLUMN "time_zone" text;--> statement-breakpoint
ALTER TABLE "auth"."users" ADD CONSTRAINT "users_language" CHECK (length("auth"."users"."language") between 2 and 20);--> statement-breakpoint
ALTER TABLE "auth"."users" ADD CONSTRAINT "users_time_zone" CHECK (length("auth"."users"."time_zone") between 1 and 64);