ALTER TABLE "messaging"."auto_replies" ADD COLUMN "welcome_translations" jsonb DEFAULT '{}' NOT NULL;--> statement-breakpoint
ALTER TABLE "messaging"."auto_replies" ADD COLUMN "away_translations" jsonb DEFAULT '{}' NOT NULL;--> statement-breakpoint
ALTER TABLE "messaging"."deliveries" ADD COLUMN "confirms_consent" boolean;--> statement-breakpoint
ALTER TABLE "messaging"."sending_rules" ADD COLUMN "stop_reply" jsonb;--> statement-breakpoint
ALTER TABLE "messaging"."sending_rules" ADD COLUMN "stop_reply_translations" jsonb DEFAULT '{}' NOT NULL;--> statement-breakpoint
ALTER TABLE "messaging"."sending_rules" ADD COLUMN "start_reply" jsonb;--> statement-breakpoint
ALTER TABLE "messaging"."sending_rules" ADD COLUMN "start_reply_translations" jsonb DEFAULT '{}' NOT NULL;--> statement-breakpoint
ALTER TABLE "messaging"."auto_replies" ADD CONSTRAINT "auto_replies_welcome" CHECK (case when jsonb_typeof("messaging"."auto_replies"."welcome_translations") <> 'object' then false when "messaging"."auto_replies"."welcome" is null then "messaging"."auto_replies"."welcome_translations" = '{}'
      else jsonb_array_length(jsonb_path_query_array("messaging"."auto_replies"."welcome_translations", '$.keyvalue()')) <= 30
        and not jsonb_path_exists("messaging"."auto_replies"."welcome_translations", '$.keyvalue() ? (!(@.key like_regex "^[a-z]{2,3}(-([A-Z]{2}|419))?$"))')
        and not jsonb_path_exists("messaging"."auto_replies"."welcome_translations", '$.* ? (@.type() != "object")') end);--> statement-breakpoint
ALTER TABLE "messaging"."auto_replies" ADD CONSTRAINT "auto_replies_away" CHECK (case when jsonb_typeof("messaging"."auto_replies"."away_translations") <> 'object' then false when "messaging"."auto_replies"."away" is null then "messaging"."auto_replies"."away_translations" = '{}'
      else jsonb_array_length(jsonb_path_query_array("messaging"."auto_replies"."away_translations", '$.keyvalue()')) <= 30
        and not jsonb_path_exists("messaging"."auto_replies"."away_translations", '$.keyvalue() ? (!(@.key like_regex "^[a-z]{2,3}(-([A-Z]{2}|419))?$"))')
        and not jsonb_path_exists("messaging"."auto_replies"."away_translations", '$.* ? (@.type() != "object")') end);--> statement-breakpoint
ALTER TABLE "messaging"."sending_rules" ADD CONSTRAINT "sending_rules_stop_reply" CHECK (case when jsonb_typeof("messaging"."sending_rules"."stop_reply_translations") <> 'object' then false when "messaging"."sending_rules"."stop_reply" is null then "messaging"."sending_rules"."stop_reply_translations" = '{}'
      else jsonb_array_length(jsonb_path_query_array("messaging"."sending_rules"."stop_reply_translations", '$.keyvalue()')) <= 30
        and not jsonb_path_exists("messaging"."sending_rules"."stop_reply_translations", '$.keyvalue() ? (!(@.key like_regex "^[a-z]{2,3}(-([A-Z]{2}|419))?$"))')
        and not jsonb_path_exists("messaging"."sending_rules"."stop_reply_translations", '$.* ? (@.type() != "object")') end);--> statement-breakpoint
ALTER TABLE "messaging"."sending_rules" ADD CONSTRAINT "sending_rules_start_reply" CHECK (case when jsonb_typeof("messaging"."sending_rules"."start_reply_translations") <> 'object' then false when "messaging"."sending_rules"."start_reply" is null then "messaging"."sending_rules"."start_reply_translations" = '{}'
      else jsonb_array_length(jsonb_path_query_array("messaging"."sending_rules"."start_reply_translations", '$.keyvalue()')) <= 30
        and not jsonb_path_exists("messaging"."sending_rules"."start_reply_translations", '$.keyvalue() ? (!(@.key like_regex "^[a-z]{2,3}(-([A-Z]{2}|419))?$"))')
        and not jsonb_path_exists("messaging"."sending_rules"."start_reply_translations", '$.* ? (@.type() != "object")') end);