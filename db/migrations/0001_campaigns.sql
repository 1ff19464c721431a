CREATE TABLE "messaging"."campaign_deltas" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "messaging"."campaign_deltas_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"campaign_id" uuid NOT NULL,
	"counts" jsonb NOT NULL
);
--> statement-breakpoint
CREATE TABLE "messaging"."campaign_variants" (
	"workspace_id" uuid NOT NULL,
	"campaign_id" uuid NOT NULL,
	"variant" smallint NOT NULL,
	"page_id" uuid,
	"weight" smallint NOT NULL,
	"content_id" uuid NOT NULL,
	CONSTRAINT "campaign_variants_page" UNIQUE NULLS NOT DISTINCT("campaign_id","variant","page_id"),
	CONSTRAINT "campaign_variants_weight" CHECK ("messaging"."campaign_variants"."weight" between 0 and 100)
);
--> statement-breakpoint
CREATE TABLE "messaging"."campaigns" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"workspace_id" uuid NOT NULL,
	"name" text NOT NULL,
	"kind" text NOT NULL,
	"status" text DEFAULT 'draft' NOT NULL,
	"status_reason" text,
	"status_at" timestamp with time zone DEFAULT now() NOT NULL,
	"paused_from" text,
	"archived_at" timestamp with time zone,
	"audience" jsonb NOT NULL,
	"draft" jsonb NOT NULL,
	"schedule" jsonb,
	"due_at" timestamp with time zone,
	"parent_id" uuid,
	"occurrence_at" timestamp with time zone,
	"speed_per_second" real,
	"speed_at" timestamp with time zone DEFAULT now() NOT NULL,
	"expires_at" timestamp with time zone,
	"options" jsonb DEFAULT '{}' NOT NULL,
	"planned_until" uuid,
	"planned_at" timestamp with time zone,
	"launched_by" uuid,
	"launched_at" timestamp with time zone,
	"finished_at" timestamp with time zone,
	"counts" jsonb DEFAULT '{}' NOT NULL,
	"created_by" uuid,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "campaigns_workspace_id" UNIQUE("workspace_id","id"),
	CONSTRAINT "campaigns_occurrence" UNIQUE("parent_id","occurrence_at"),
	CONSTRAINT "campaigns_kind" CHECK ("messaging"."campaigns"."kind" in ('window', 'utility', 'private_reply', 'sequence')),
	CONSTRAINT "campaigns_status" CHECK ("messaging"."campaigns"."status" in ('draft', 'scheduled', 'planning', 'running', 'paused', 'completed', 'cancelled')),
	CONSTRAINT "campaigns_paused_from" CHECK (("messaging"."campaigns"."status" = 'paused') = ("messaging"."campaigns"."paused_from" is not null)),
	CONSTRAINT "campaigns_speed" CHECK ("messaging"."campaigns"."speed_per_second" is null or "messaging"."campaigns"."speed_per_second" > 0),
	CONSTRAINT "campaigns_scheduled" CHECK ("messaging"."campaigns"."status" <> 'scheduled' or "messaging"."campaigns"."due_at" is not null)
);
--> statement-breakpoint
CREATE TABLE "messaging"."clicks" (
	"delivery_id" uuid NOT NULL,
	"link" smallint NOT NULL,
	"clicked_at" timestamp with time zone DEFAULT now() NOT NULL,
	"times" integer DEFAULT 1 NOT NULL,
	CONSTRAINT "clicks_delivery_id_link_pk" PRIMARY KEY("delivery_id","link")
);
--> statement-breakpoint
CREATE TABLE "messaging"."contact_fields" (
	"workspace_id" uuid NOT NULL,
	"page_id" uuid NOT NULL,
	"contact_id" uuid NOT NULL,
	"field_id" uuid NOT NULL,
	"type" text NOT NULL,
	"text_value" text,
	"number_value" double precision,
	"date_value" date,
	"checked_value" boolean,
	CONSTRAINT "contact_fields_contact_id_field_id_pk" PRIMARY KEY("contact_id","field_id"),
	CONSTRAINT "contact_fields_typed" CHECK (case "messaging"."contact_fields"."type" when 'number' then "messaging"."contact_fields"."number_value" is not null when 'date' then "messaging"."contact_fields"."date_value" is not null
        when 'checkbox' then "messaging"."contact_fields"."checked_value" is not null else "messaging"."contact_fields"."text_value" is not null end
        and num_nonnulls("messaging"."contact_fields"."text_value", "messaging"."contact_fields"."number_value", "messaging"."contact_fields"."date_value", "messaging"."contact_fields"."checked_value") = 1)
);
--> statement-breakpoint
CREATE TABLE "messaging"."contact_tags" (
	"workspace_id" uuid NOT NULL,
	"page_id" uuid NOT NULL,
	"contact_id" uuid NOT NULL,
	"tag_id" uuid NOT NULL,
	"tagged_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "contact_tags_contact_id_tag_id_pk" PRIMARY KEY("contact_id","tag_id")
);
--> statement-breakpoint
CREATE TABLE "messaging"."contact_transfers" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"workspace_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"status" text NOT NULL,
	"file_name" text NOT NULL,
	"file_key" text,
	"error_file_key" text,
	"options" jsonb NOT NULL,
	"counts" jsonb DEFAULT '{}' NOT NULL,
	"progress" bigint DEFAULT 0 NOT NULL,
	"error" text,
	"by_user_id" uuid,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"finished_at" timestamp with time zone,
	CONSTRAINT "contact_transfers_workspace_id" UNIQUE("workspace_id","id"),
	CONSTRAINT "contact_transfers_kind" CHECK ("messaging"."contact_transfers"."kind" in ('import', 'export')),
	CONSTRAINT "contact_transfers_status" CHECK ("messaging"."contact_transfers"."status" in ('uploaded', 'running', 'done', 'failed', 'undone'))
);
--> statement-breakpoint
CREATE TABLE "messaging"."custom_fields" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"workspace_id" uuid NOT NULL,
	"key" text NOT NULL,
	"label" text NOT NULL,
	"type" text NOT NULL,
	"options" text[] DEFAULT '{}' NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "custom_fields_workspace_id" UNIQUE("workspace_id","id","type"),
	CONSTRAINT "custom_fields_key" UNIQUE("workspace_id","key"),
	CONSTRAINT "custom_fields_type" CHECK ("messaging"."custom_fields"."type" in ('text', 'number', 'date', 'dropdown', 'checkbox')),
	CONSTRAINT "custom_fields_key_form" CHECK ("messaging"."custom_fields"."key" ~ '^[a-z][a-z0-9_]{0,39}$'),
	CONSTRAINT "custom_fields_options" CHECK (("messaging"."custom_fields"."type" = 'dropdown') = (cardinality("messaging"."custom_fields"."options") > 0))
);
--> statement-breakpoint
CREATE TABLE "messaging"."enrolments" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"workspace_id" uuid NOT NULL,
	"campaign_id" uuid NOT NULL,
	"contact_id" uuid NOT NULL,
	"page_id" uuid NOT NULL,
	"round" smallint NOT NULL,
	"status" text NOT NULL,
	"exit_reason" text,
	"next_step" smallint DEFAULT 1 NOT NULL,
	"due_at" timestamp with time zone NOT NULL,
	"started_at" timestamp with time zone DEFAULT now() NOT NULL,
	"ended_at" timestamp with time zone,
	CONSTRAINT "enrolments_round" UNIQUE("campaign_id","contact_id","round"),
	CONSTRAINT "enrolments_status" CHECK ("messaging"."enrolments"."status" in ('active', 'finished', 'exited', 'removed'))
);
--> statement-breakpoint
CREATE TABLE "messaging"."media_files" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"workspace_id" uuid NOT NULL,
	"name" text NOT NULL,
	"type" text NOT NULL,
	"mime_type" text NOT NULL,
	"bytes" bigint NOT NULL,
	"file_key" text NOT NULL,
	"created_by" uuid,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "media_files_workspace_id" UNIQUE("workspace_id","id"),
	CONSTRAINT "media_files_type" CHECK ("messaging"."media_files"."type" in ('image', 'video', 'audio', 'file'))
);
--> statement-breakpoint
CREATE TABLE "messaging"."media_uploads" (
	"workspace_id" uuid NOT NULL,
	"page_id" uuid NOT NULL,
	"media_file_id" uuid NOT NULL,
	"attachment_id" text NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	CONSTRAINT "media_uploads_page_id_media_file_id_pk" PRIMARY KEY("page_id","media_file_id")
);
--> statement-breakpoint
CREATE TABLE "messaging"."page_replies" (
	"page_id" uuid PRIMARY KEY NOT NULL,
	"workspace_id" uuid NOT NULL,
	"welcome" jsonb,
	"away" jsonb,
	"business_hours" jsonb,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "messaging"."segment_members" (
	"workspace_id" uuid NOT NULL,
	"segment_id" uuid NOT NULL,
	"contact_id" uuid NOT NULL,
	"page_id" uuid NOT NULL,
	CONSTRAINT "segment_members_segment_id_contact_id_pk" PRIMARY KEY("segment_id","contact_id")
);
--> statement-breakpoint
CREATE TABLE "messaging"."segments" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"workspace_id" uuid NOT NULL,
	"name" text NOT NULL,
	"kind" text NOT NULL,
	"conditions" jsonb,
	"created_by" uuid,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "segments_workspace_id" UNIQUE("workspace_id","id"),
	CONSTRAINT "segments_kind" CHECK ("messaging"."segments"."kind" in ('dynamic', 'static')),
	CONSTRAINT "segments_conditions" CHECK (("messaging"."segments"."kind" = 'dynamic') = ("messaging"."segments"."conditions" is not null))
);
--> statement-breakpoint
CREATE TABLE "messaging"."sending_rules" (
	"workspace_id" uuid PRIMARY KEY NOT NULL,
	"timezone" text DEFAULT 'UTC' NOT NULL,
	"cap_count" smallint,
	"cap_hours" smallint,
	"quiet_from" smallint,
	"quiet_until" smallint,
	"stop_words" text[] DEFAULT '{}' NOT NULL,
	"start_words" text[] DEFAULT '{}' NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "sending_rules_cap" CHECK (("messaging"."sending_rules"."cap_count" is null) = ("messaging"."sending_rules"."cap_hours" is null)),
	CONSTRAINT "sending_rules_quiet" CHECK (("messaging"."sending_rules"."quiet_from" is null) = ("messaging"."sending_rules"."quiet_until" is null)),
	CONSTRAINT "sending_rules_minutes" CHECK (coalesce("messaging"."sending_rules"."quiet_from", 0) between 0 and 1439 and coalesce("messaging"."sending_rules"."quiet_until", 0) between 0 and 1439)
);
--> statement-breakpoint
CREATE TABLE "messaging"."sequence_steps" (
	"workspace_id" uuid NOT NULL,
	"campaign_id" uuid NOT NULL,
	"step" smallint NOT NULL,
	"delay_seconds" integer NOT NULL,
	"condition" jsonb,
	"content_id" uuid NOT NULL,
	CONSTRAINT "sequence_steps_campaign_id_step_pk" PRIMARY KEY("campaign_id","step"),
	CONSTRAINT "sequence_steps_delay" CHECK ("messaging"."sequence_steps"."delay_seconds" >= 0)
);
--> statement-breakpoint
CREATE TABLE "messaging"."suppressions" (
	"workspace_id" uuid NOT NULL,
	"page_id" uuid NOT NULL,
	"psid" text NOT NULL,
	"reason" text NOT NULL,
	"by_user_id" uuid,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "suppressions_page_id_psid_pk" PRIMARY KEY("page_id","psid"),
	CONSTRAINT "suppressions_reason" CHECK ("messaging"."suppressions"."reason" in ('stop', 'manual', 'import', 'deleted', 'complaint'))
);
--> statement-breakpoint
CREATE TABLE "messaging"."tags" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"workspace_id" uuid NOT NULL,
	"name" text NOT NULL,
	"colour" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "tags_workspace_id" UNIQUE("workspace_id","id"),
	CONSTRAINT "tags_name_given" CHECK ("messaging"."tags"."name" <> '')
);
--> statement-breakpoint
CREATE TABLE "messaging"."templates" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"workspace_id" uuid NOT NULL,
	"name" text NOT NULL,
	"category" text DEFAULT '' NOT NULL,
	"content" jsonb NOT NULL,
	"created_by" uuid,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "templates_workspace_id" UNIQUE("workspace_id","id")
);
--> statement-breakpoint
CREATE TABLE "messaging"."triggers" (
	"campaign_id" uuid PRIMARY KEY NOT NULL,
	"workspace_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"match" jsonb NOT NULL,
	"page_ids" uuid[] DEFAULT '{}' NOT NULL,
	"cooldown_seconds" integer DEFAULT 0 NOT NULL,
	"max_per_contact" smallint DEFAULT 1 NOT NULL,
	"seen_until" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "triggers_kind_known" CHECK ("messaging"."triggers"."kind" in ('new_contact', 'tag_added', 'field_matches', 'keyword', 'postback', 'inactivity'))
);
--> statement-breakpoint
CREATE TABLE "messaging"."utility_templates" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"workspace_id" uuid NOT NULL,
	"page_id" uuid NOT NULL,
	"facebook_id" text,
	"name" text NOT NULL,
	"language" text NOT NULL,
	"category" text NOT NULL,
	"status" text NOT NULL,
	"status_reason" text,
	"parameter_format" text NOT NULL,
	"components" jsonb NOT NULL,
	"status_at" timestamp with time zone DEFAULT now() NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "utility_templates_workspace_id" UNIQUE("workspace_id","id"),
	CONSTRAINT "utility_templates_page_name" UNIQUE("page_id","name","language")
);
--> statement-breakpoint
DROP INDEX "messaging"."deliveries_waiting";
--> statement-breakpoint
ALTER TABLE "messaging"."deliveries" ALTER COLUMN "contact_id" DROP NOT NULL;
--> statement-breakpoint
ALTER TABLE "messaging"."contacts" ADD COLUMN "engagement" text DEFAULT 'new' NOT NULL;
--> statement-breakpoint
ALTER TABLE "messaging"."contents" ADD COLUMN "is_personal" boolean DEFAULT false NOT NULL;
--> statement-breakpoint
ALTER TABLE "messaging"."contents" ADD COLUMN "media_file_id" uuid;
--> statement-breakpoint
ALTER TABLE "messaging"."contents" ADD COLUMN "links" text[] DEFAULT '{}' NOT NULL;
--> statement-breakpoint
ALTER TABLE "messaging"."deliveries" ADD COLUMN "comment_id" uuid;
--> statement-breakpoint
ALTER TABLE "messaging"."deliveries" ADD COLUMN "campaign_id" uuid;
--> statement-breakpoint
ALTER TABLE "messaging"."deliveries" ADD COLUMN "step" integer DEFAULT 0 NOT NULL;
--> statement-breakpoint
ALTER TABLE "messaging"."deliveries" ADD COLUMN "variant" smallint DEFAULT 0 NOT NULL;
--> statement-breakpoint
ALTER TABLE "messaging"."deliveries" ADD COLUMN "fills" jsonb;
--> statement-breakpoint
ALTER TABLE "messaging"."deliveries" ADD COLUMN "mid" text;
--> statement-breakpoint
ALTER TABLE "messaging"."comments" ADD CONSTRAINT "comments_workspace_id" UNIQUE("workspace_id","id");
--> statement-breakpoint
ALTER TABLE "messaging"."deliveries" ADD CONSTRAINT "deliveries_campaign_person" UNIQUE("campaign_id","step","page_id","psid");
--> statement-breakpoint
ALTER TABLE "messaging"."campaign_deltas" ADD CONSTRAINT "campaign_deltas_campaign_id_campaigns_id_fk" FOREIGN KEY ("campaign_id") REFERENCES "messaging"."campaigns"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "messaging"."campaign_variants" ADD CONSTRAINT "campaign_variants_workspace_id_campaign_id_campaigns_workspace_id_id_fk" FOREIGN KEY ("workspace_id","campaign_id") REFERENCES "messaging"."campaigns"("workspace_id","id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "messaging"."campaign_variants" ADD CONSTRAINT "campaign_variants_workspace_id_content_id_contents_workspace_id_id_fk" FOREIGN KEY ("workspace_id","content_id") REFERENCES "messaging"."contents"("workspace_id","id") ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "messaging"."campaign_variants" ADD CONSTRAINT "campaign_variants_workspace_id_page_id_pages_workspace_id_id_fk" FOREIGN KEY ("workspace_id","page_id") REFERENCES "messaging"."pages"("workspace_id","id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "messaging"."campaigns" ADD CONSTRAINT "campaigns_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "auth"."workspaces"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "messaging"."campaigns" ADD CONSTRAINT "campaigns_launched_by_users_id_fk" FOREIGN KEY ("launched_by") REFERENCES "auth"."users"("id") ON DELETE set null ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "messaging"."campaigns" ADD CONSTRAINT "campaigns_created_by_users_id_fk" FOREIGN KEY ("created_by") REFERENCES "auth"."users"("id") ON DELETE set null ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "messaging"."campaigns" ADD CONSTRAINT "campaigns_workspace_id_parent_id_campaigns_workspace_id_id_fk" FOREIGN KEY ("workspace_id","parent_id") REFERENCES "messaging"."campaigns"("workspace_id","id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "messaging"."clicks" ADD CONSTRAINT "clicks_delivery_id_deliveries_id_fk" FOREIGN KEY ("delivery_id") REFERENCES "messaging"."deliveries"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "messaging"."contact_fields" ADD CONSTRAINT "contact_fields_workspace_id_contact_id_page_id_contacts_workspace_id_id_page_id_fk" FOREIGN KEY ("workspace_id","contact_id","page_id") REFERENCES "messaging"."contacts"("workspace_id","id","page_id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "messaging"."contact_fields" ADD CONSTRAINT "contact_fields_workspace_id_field_id_type_custom_fields_workspace_id_id_type_fk" FOREIGN KEY ("workspace_id","field_id","type") REFERENCES "messaging"."custom_fields"("workspace_id","id","type") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "messaging"."contact_tags" ADD CONSTRAINT "contact_tags_workspace_id_contact_id_page_id_contacts_workspace_id_id_page_id_fk" FOREIGN KEY ("workspace_id","contact_id","page_id") REFERENCES "messaging"."contacts"("workspace_id","id","page_id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "messaging"."contact_tags" ADD CONSTRAINT "contact_tags_workspace_id_tag_id_tags_workspace_id_id_fk" FOREIGN KEY ("workspace_id","tag_id") REFERENCES "messaging"."tags"("workspace_id","id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "messaging"."contact_transfers" ADD CONSTRAINT "contact_transfers_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "auth"."workspaces"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "messaging"."contact_transfers" ADD CONSTRAINT "contact_transfers_by_user_id_users_id_fk" FOREIGN KEY ("by_user_id") REFERENCES "auth"."users"("id") ON DELETE set null ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "messaging"."custom_fields" ADD CONSTRAINT "custom_fields_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "auth"."workspaces"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "messaging"."enrolments" ADD CONSTRAINT "enrolments_workspace_id_campaign_id_campaigns_workspace_id_id_fk" FOREIGN KEY ("workspace_id","campaign_id") REFERENCES "messaging"."campaigns"("workspace_id","id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "messaging"."enrolments" ADD CONSTRAINT "enrolments_workspace_id_contact_id_page_id_contacts_workspace_id_id_page_id_fk" FOREIGN KEY ("workspace_id","contact_id","page_id") REFERENCES "messaging"."contacts"("workspace_id","id","page_id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "messaging"."media_files" ADD CONSTRAINT "media_files_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "auth"."workspaces"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "messaging"."media_files" ADD CONSTRAINT "media_files_created_by_users_id_fk" FOREIGN KEY ("created_by") REFERENCES "auth"."users"("id") ON DELETE set null ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "messaging"."media_uploads" ADD CONSTRAINT "media_uploads_workspace_id_page_id_pages_workspace_id_id_fk" FOREIGN KEY ("workspace_id","page_id") REFERENCES "messaging"."pages"("workspace_id","id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "messaging"."media_uploads" ADD CONSTRAINT "media_uploads_workspace_id_media_file_id_media_files_workspace_id_id_fk" FOREIGN KEY ("workspace_id","media_file_id") REFERENCES "messaging"."media_files"("workspace_id","id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "messaging"."page_replies" ADD CONSTRAINT "page_replies_workspace_id_page_id_pages_workspace_id_id_fk" FOREIGN KEY ("workspace_id","page_id") REFERENCES "messaging"."pages"("workspace_id","id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "messaging"."segment_members" ADD CONSTRAINT "segment_members_workspace_id_segment_id_segments_workspace_id_id_fk" FOREIGN KEY ("workspace_id","segment_id") REFERENCES "messaging"."segments"("workspace_id","id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "messaging"."segment_members" ADD CONSTRAINT "segment_members_workspace_id_contact_id_page_id_contacts_workspace_id_id_page_id_fk" FOREIGN KEY ("workspace_id","contact_id","page_id") REFERENCES "messaging"."contacts"("workspace_id","id","page_id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "messaging"."segments" ADD CONSTRAINT "segments_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "auth"."workspaces"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "messaging"."segments" ADD CONSTRAINT "segments_created_by_users_id_fk" FOREIGN KEY ("created_by") REFERENCES "auth"."users"("id") ON DELETE set null ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "messaging"."sending_rules" ADD CONSTRAINT "sending_rules_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "auth"."workspaces"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "messaging"."sequence_steps" ADD CONSTRAINT "sequence_steps_workspace_id_campaign_id_campaigns_workspace_id_id_fk" FOREIGN KEY ("workspace_id","campaign_id") REFERENCES "messaging"."campaigns"("workspace_id","id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "messaging"."sequence_steps" ADD CONSTRAINT "sequence_steps_workspace_id_content_id_contents_workspace_id_id_fk" FOREIGN KEY ("workspace_id","content_id") REFERENCES "messaging"."contents"("workspace_id","id") ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "messaging"."suppressions" ADD CONSTRAINT "suppressions_by_user_id_users_id_fk" FOREIGN KEY ("by_user_id") REFERENCES "auth"."users"("id") ON DELETE set null ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "messaging"."suppressions" ADD CONSTRAINT "suppressions_workspace_id_page_id_pages_workspace_id_id_fk" FOREIGN KEY ("workspace_id","page_id") REFERENCES "messaging"."pages"("workspace_id","id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "messaging"."tags" ADD CONSTRAINT "tags_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "auth"."workspaces"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "messaging"."templates" ADD CONSTRAINT "templates_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "auth"."workspaces"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "messaging"."templates" ADD CONSTRAINT "templates_created_by_users_id_fk" FOREIGN KEY ("created_by") REFERENCES "auth"."users"("id") ON DELETE set null ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "messaging"."triggers" ADD CONSTRAINT "triggers_workspace_id_campaign_id_campaigns_workspace_id_id_fk" FOREIGN KEY ("workspace_id","campaign_id") REFERENCES "messaging"."campaigns"("workspace_id","id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "messaging"."utility_templates" ADD CONSTRAINT "utility_templates_workspace_id_page_id_pages_workspace_id_id_fk" FOREIGN KEY ("workspace_id","page_id") REFERENCES "messaging"."pages"("workspace_id","id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
CREATE INDEX "campaign_deltas_campaign" ON "messaging"."campaign_deltas" USING btree ("campaign_id");
--> statement-breakpoint
CREATE INDEX "campaigns_list" ON "messaging"."campaigns" USING btree ("workspace_id","id");
--> statement-breakpoint
CREATE INDEX "campaigns_due" ON "messaging"."campaigns" USING btree ("due_at") WHERE "messaging"."campaigns"."status" = 'scheduled';
--> statement-breakpoint
CREATE INDEX "campaigns_live" ON "messaging"."campaigns" USING btree ("status") WHERE "messaging"."campaigns"."status" in ('planning', 'running');
--> statement-breakpoint
CREATE INDEX "contact_fields_text" ON "messaging"."contact_fields" USING btree ("field_id",lower(left("text_value", 200)));
--> statement-breakpoint
CREATE INDEX "contact_fields_number" ON "messaging"."contact_fields" USING btree ("field_id","number_value") WHERE "messaging"."contact_fields"."number_value" is not null;
--> statement-breakpoint
CREATE INDEX "contact_fields_date" ON "messaging"."contact_fields" USING btree ("field_id","date_value") WHERE "messaging"."contact_fields"."date_value" is not null;
--> statement-breakpoint
CREATE INDEX "contact_tags_tag" ON "messaging"."contact_tags" USING btree ("tag_id","contact_id");
--> statement-breakpoint
CREATE INDEX "contact_transfers_list" ON "messaging"."contact_transfers" USING btree ("workspace_id","id");
--> statement-breakpoint
CREATE INDEX "enrolments_due" ON "messaging"."enrolments" USING btree ("due_at") WHERE "messaging"."enrolments"."status" = 'active';
--> statement-breakpoint
CREATE UNIQUE INDEX "enrolments_active" ON "messaging"."enrolments" USING btree ("campaign_id","contact_id") WHERE "messaging"."enrolments"."status" = 'active';
--> statement-breakpoint
CREATE INDEX "enrolments_contact" ON "messaging"."enrolments" USING btree ("contact_id");
--> statement-breakpoint
CREATE INDEX "media_files_list" ON "messaging"."media_files" USING btree ("workspace_id","id");
--> statement-breakpoint
CREATE INDEX "media_uploads_file" ON "messaging"."media_uploads" USING btree ("media_file_id");
--> statement-breakpoint
CREATE INDEX "segment_members_contact" ON "messaging"."segment_members" USING btree ("contact_id");
--> statement-breakpoint
CREATE UNIQUE INDEX "segments_name" ON "messaging"."segments" USING btree ("workspace_id",lower("name"));
--> statement-breakpoint
CREATE INDEX "suppressions_list" ON "messaging"."suppressions" USING btree ("workspace_id","created_at","page_id","psid");
--> statement-breakpoint
CREATE UNIQUE INDEX "tags_name" ON "messaging"."tags" USING btree ("workspace_id",lower("name"));
--> statement-breakpoint
CREATE UNIQUE INDEX "templates_name" ON "messaging"."templates" USING btree ("workspace_id",lower("name"));
--> statement-breakpoint
CREATE INDEX "triggers_kind" ON "messaging"."triggers" USING btree ("workspace_id","kind");
--> statement-breakpoint
CREATE INDEX "utility_templates_list" ON "messaging"."utility_templates" USING btree ("workspace_id","name","language");
--> statement-breakpoint
ALTER TABLE "messaging"."contents" ADD CONSTRAINT "contents_workspace_id_media_file_id_media_files_workspace_id_id_fk" FOREIGN KEY ("workspace_id","media_file_id") REFERENCES "messaging"."media_files"("workspace_id","id") ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "messaging"."deliveries" ADD CONSTRAINT "deliveries_workspace_id_campaign_id_campaigns_workspace_id_id_fk" FOREIGN KEY ("workspace_id","campaign_id") REFERENCES "messaging"."campaigns"("workspace_id","id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "messaging"."deliveries" ADD CONSTRAINT "deliveries_workspace_id_comment_id_comments_workspace_id_id_fk" FOREIGN KEY ("workspace_id","comment_id") REFERENCES "messaging"."comments"("workspace_id","id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
CREATE INDEX "contents_media" ON "messaging"."contents" USING btree ("media_file_id") WHERE "messaging"."contents"."media_file_id" is not null;
--> statement-breakpoint
CREATE UNIQUE INDEX "deliveries_comment" ON "messaging"."deliveries" USING btree ("comment_id") WHERE "messaging"."deliveries"."comment_id" is not null and "messaging"."deliveries"."state" not in ('failed', 'skipped', 'cancelled');
--> statement-breakpoint
CREATE UNIQUE INDEX "deliveries_mid" ON "messaging"."deliveries" USING btree ("page_id","mid") WHERE "messaging"."deliveries"."mid" is not null;
--> statement-breakpoint
CREATE INDEX "deliveries_campaign_open" ON "messaging"."deliveries" USING btree ("campaign_id","id") WHERE "messaging"."deliveries"."campaign_id" is not null and "messaging"."deliveries"."state" in ('queued', 'leased', 'sending', 'unknown');
--> statement-breakpoint
CREATE INDEX "deliveries_contact_campaigns" ON "messaging"."deliveries" USING btree ("contact_id","id") WHERE "messaging"."deliveries"."campaign_id" is not null;
--> statement-breakpoint
CREATE INDEX "deliveries_waiting" ON "messaging"."deliveries" USING btree ("page_id","class","campaign_id","due_at","id") WHERE "messaging"."deliveries"."state" = 'queued';
--> statement-breakpoint
ALTER TABLE "messaging"."contacts" ADD CONSTRAINT "contacts_engagement" CHECK ("messaging"."contacts"."engagement" in ('new', 'hot', 'warm', 'cold', 'inactive'));
--> statement-breakpoint
ALTER TABLE "messaging"."deliveries" ADD CONSTRAINT "deliveries_person" CHECK ("messaging"."deliveries"."contact_id" is not null or "messaging"."deliveries"."comment_id" is not null);
--> statement-breakpoint
-- Claims and completions rewrite rows in place.
ALTER TABLE "messaging"."campaigns" SET (fillfactor = 50);
--> statement-breakpoint
ALTER TABLE "messaging"."enrolments" SET (fillfactor = 80);
