CREATE TABLE "messaging"."notification_choices" (
	"user_id" uuid NOT NULL,
	"topic" text NOT NULL,
	"in_bell" boolean NOT NULL,
	"by_mail" boolean NOT NULL,
	CONSTRAINT "notification_choices_user_id_topic_pk" PRIMARY KEY("user_id","topic"),
	CONSTRAINT "notification_choices_topic" CHECK (topic in ('assigned', 'mention', 'campaign', 'approval', 'page'))
);
--> statement-breakpoint
CREATE TABLE "messaging"."notification_schedules" (
	"user_id" uuid PRIMARY KEY NOT NULL,
	"rhythm" text NOT NULL,
	"quiet_from" integer,
	"quiet_to" integer,
	"time_zone" text,
	CONSTRAINT "notification_schedules_rhythm" CHECK ("messaging"."notification_schedules"."rhythm" in ('at-once', 'hourly', 'daily')),
	CONSTRAINT "notification_schedules_quiet" CHECK (case when "messaging"."notification_schedules"."quiet_from" is null then "messaging"."notification_schedules"."quiet_to" is null else
        "messaging"."notification_schedules"."quiet_from" between 0 and 1439 and coalesce("messaging"."notification_schedules"."quiet_to" between 0 and 1439, false) and "messaging"."notification_schedules"."quiet_from" <> "messaging"."notification_schedules"."quiet_to" end),
	CONSTRAINT "notification_schedules_time_zone" CHECK (length("messaging"."notification_schedules"."time_zone") between 1 and 64)
);
--> statement-breakpoint
ALTER TABLE "messaging"."notifications" ADD COLUMN "in_bell" boolean DEFAULT true NOT NULL;--> statement-breakpoint
ALTER TABLE "messaging"."notifications" ADD COLUMN "mail_waits" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "messaging"."notification_choices" ADD CONSTRAINT "notification_choices_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "auth"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "messaging"."notification_schedules" ADD CONSTRAINT "notification_schedules_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "auth"."users"("id") ON DELETE cascade ON UPDATE no action;