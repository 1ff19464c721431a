CREATE EXTENSION IF NOT EXISTS unaccent;--> statement-breakpoint
CREATE SCHEMA "auth";
--> statement-breakpoint
CREATE SCHEMA "jobs";
--> statement-breakpoint
CREATE SCHEMA "messaging";
--> statement-breakpoint
CREATE SCHEMA "webhooks";
--> statement-breakpoint
-- Words as people search them: without case and accents, and nothing but letters and digits, so that "red/blue",
-- "ok.thanks" and addresses are words and not a path, a host and a link.
CREATE TEXT SEARCH CONFIGURATION "messaging"."words" (COPY = simple);--> statement-breakpoint
ALTER TEXT SEARCH CONFIGURATION "messaging"."words" ALTER MAPPING FOR word, numword WITH unaccent, simple;--> statement-breakpoint
CREATE FUNCTION "messaging"."words_of"("said" text) RETURNS tsvector LANGUAGE sql IMMUTABLE PARALLEL SAFE
	RETURN to_tsvector('messaging.words', translate("said", '/.@-+<&_', '        '));
--> statement-breakpoint
CREATE TABLE "auth"."login_attempts" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"email" text NOT NULL,
	"user_id" uuid,
	"outcome" text NOT NULL,
	"address" text NOT NULL,
	"user_agent" text NOT NULL,
	"at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "auth"."memberships" (
	"workspace_id" uuid NOT NULL,
	"user_id" uuid NOT NULL,
	"role" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "memberships_workspace_id_user_id_pk" PRIMARY KEY("workspace_id","user_id"),
	CONSTRAINT "memberships_role" CHECK ("auth"."memberships"."role" in ('owner', 'manager', 'operator', 'viewer'))
);
--> statement-breakpoint
CREATE TABLE "auth"."sessions" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"user_id" uuid NOT NULL,
	"refresh_hash" text NOT NULL,
	"previous_hash" text,
	"rotated_at" timestamp with time zone DEFAULT now() NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	"last_seen_at" timestamp with time zone DEFAULT now() NOT NULL,
	"user_agent" text DEFAULT '' NOT NULL,
	"address" text DEFAULT '' NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"ended_at" timestamp with time zone,
	"end_reason" text
);
--> statement-breakpoint
CREATE TABLE "auth"."users" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"email" text NOT NULL,
	"name" text NOT NULL,
	"password_hash" text NOT NULL,
	"is_owner" boolean DEFAULT false NOT NULL,
	"failed_logins" integer DEFAULT 0 NOT NULL,
	"locked_until" timestamp with time zone,
	"deactivated_at" timestamp with time zone,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "auth"."workspaces" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"name" text NOT NULL,
	"accent" text DEFAULT 'blue' NOT NULL,
	"disabled_at" timestamp with time zone,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "jobs"."jobs" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "jobs"."jobs_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"kind" text NOT NULL,
	"key" text NOT NULL,
	"payload" jsonb NOT NULL,
	"run_at" timestamp with time zone DEFAULT now() NOT NULL,
	"attempts" integer DEFAULT 0 NOT NULL,
	"asked" integer DEFAULT 1 NOT NULL,
	"leased_until" timestamp with time zone,
	"last_error" text,
	"failed_at" timestamp with time zone,
	"trace_id" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "messaging"."attachments" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"workspace_id" uuid NOT NULL,
	"message_id" uuid NOT NULL,
	"position" smallint NOT NULL,
	"type" text NOT NULL,
	"title" text,
	"source_url" text,
	"payload" jsonb,
	"file_state" text NOT NULL,
	"file_key" text,
	"file_name" text,
	"mime_type" text,
	"bytes" bigint,
	"error" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "attachments_message_position" UNIQUE("message_id","position"),
	CONSTRAINT "attachments_stored" CHECK ("messaging"."attachments"."file_state" <> 'stored' or "messaging"."attachments"."file_key" is not null)
);
--> statement-breakpoint
CREATE TABLE "messaging"."comments" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"workspace_id" uuid NOT NULL,
	"page_id" uuid NOT NULL,
	"comment_id" text NOT NULL,
	"post_id" text,
	"parent_id" text,
	"from_id" text,
	"from_name" text,
	"text" text,
	"hidden" boolean DEFAULT false NOT NULL,
	"changed_at" timestamp with time zone NOT NULL,
	"removed_at" timestamp with time zone,
	"created_at" timestamp with time zone NOT NULL,
	CONSTRAINT "comments_page_comment" UNIQUE("page_id","comment_id")
);
--> statement-breakpoint
CREATE TABLE "messaging"."contacts" (
	"id" uuid DEFAULT uuidv7() NOT NULL,
	"workspace_id" uuid NOT NULL,
	"page_id" uuid NOT NULL,
	"psid" text NOT NULL,
	"name" text,
	"first_name" text,
	"last_name" text,
	"locale" text,
	"timezone" text,
	"picture_key" text,
	"profile_state" text DEFAULT 'wanted' NOT NULL,
	"profile_at" timestamp with time zone,
	"source" text DEFAULT 'organic' NOT NULL,
	"source_detail" jsonb,
	"subscribed" boolean DEFAULT true NOT NULL,
	"subscription_reason" text,
	"subscription_at" timestamp with time zone,
	"blocked_at" timestamp with time zone,
	"unreachable_at" timestamp with time zone,
	"unreachable_reason" text,
	"last_inbound_at" timestamp with time zone,
	"ad_window_until" timestamp with time zone,
	"ad_clicked_at" timestamp with time zone,
	"window_closed_at" timestamp with time zone,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "contacts_workspace_id_id_page_id_pk" PRIMARY KEY("workspace_id","id","page_id"),
	CONSTRAINT "contacts_page_psid" UNIQUE("page_id","psid"),
	CONSTRAINT "contacts_psid" CHECK ("messaging"."contacts"."psid" <> '')
);
--> statement-breakpoint
CREATE TABLE "messaging"."contents" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"workspace_id" uuid NOT NULL,
	"message" jsonb NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "contents_workspace_id" UNIQUE("workspace_id","id")
);
--> statement-breakpoint
CREATE TABLE "messaging"."conversations" (
	"id" uuid NOT NULL,
	"workspace_id" uuid NOT NULL,
	"page_id" uuid NOT NULL,
	"status" text DEFAULT 'open' NOT NULL,
	"snoozed_until" timestamp with time zone,
	"assignee_id" uuid,
	"unread_count" integer DEFAULT 0 NOT NULL,
	"last_message_at" timestamp with time zone NOT NULL,
	"preview_text" text,
	"preview_direction" text NOT NULL,
	"delivered_until" timestamp with time zone,
	"read_until" timestamp with time zone,
	"controlled_by_app" text,
	"controlled_at" timestamp with time zone,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "conversations_workspace_id_id_page_id_pk" PRIMARY KEY("workspace_id","id","page_id"),
	CONSTRAINT "conversations_status_known" CHECK ("messaging"."conversations"."status" in ('open', 'pending', 'snoozed', 'resolved')),
	CONSTRAINT "conversations_snoozed" CHECK (("messaging"."conversations"."status" = 'snoozed') = ("messaging"."conversations"."snoozed_until" is not null)),
	CONSTRAINT "conversations_unread" CHECK ("messaging"."conversations"."unread_count" >= 0)
);
--> statement-breakpoint
CREATE TABLE "messaging"."deliveries" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"workspace_id" uuid NOT NULL,
	"page_id" uuid NOT NULL,
	"contact_id" uuid NOT NULL,
	"psid" text NOT NULL,
	"class" text NOT NULL,
	"content_id" uuid NOT NULL,
	"message_id" uuid,
	"by_user_id" uuid,
	"state" text NOT NULL,
	"reason" text,
	"error_code" integer,
	"error_subcode" integer,
	"error_text" text,
	"route" text,
	"decision" jsonb,
	"attempts" smallint DEFAULT 0 NOT NULL,
	"attempt_id" uuid,
	"attempt_at" timestamp with time zone,
	"lane_epoch" bigint,
	"unknowns" smallint DEFAULT 0 NOT NULL,
	"due_at" timestamp with time zone DEFAULT now() NOT NULL,
	"trace_id" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"settled_at" timestamp with time zone,
	CONSTRAINT "deliveries_message" UNIQUE("message_id"),
	CONSTRAINT "deliveries_attempt" UNIQUE("attempt_id"),
	CONSTRAINT "deliveries_state" CHECK ("messaging"."deliveries"."state" in ('queued', 'leased', 'sending', 'sent', 'unknown', 'failed', 'skipped', 'cancelled')),
	CONSTRAINT "deliveries_reason" CHECK ("messaging"."deliveries"."state" not in ('failed', 'skipped') or "messaging"."deliveries"."reason" is not null),
	CONSTRAINT "deliveries_attempt_id" CHECK ("messaging"."deliveries"."state" not in ('sending', 'unknown') or "messaging"."deliveries"."attempt_id" is not null)
);
--> statement-breakpoint
CREATE TABLE "messaging"."events" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"workspace_id" uuid NOT NULL,
	"page_id" uuid NOT NULL,
	"conversation_id" uuid,
	"key" text NOT NULL,
	"kind" text NOT NULL,
	"actor_user_id" uuid,
	"data" jsonb NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "events_page_key" UNIQUE("page_id","key")
);
--> statement-breakpoint
CREATE TABLE "messaging"."facebook_logins" (
	"state_hash" text PRIMARY KEY NOT NULL,
	"id" uuid DEFAULT uuidv7() NOT NULL,
	"workspace_id" uuid NOT NULL,
	"user_id" uuid NOT NULL,
	"token_sealed" text,
	"asid" text,
	"scopes" text[] DEFAULT '{}' NOT NULL,
	"used_at" timestamp with time zone,
	"expires_at" timestamp with time zone NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "facebook_logins_id_unique" UNIQUE("id")
);
--> statement-breakpoint
CREATE TABLE "messaging"."lanes" (
	"workspace_id" uuid NOT NULL,
	"page_id" uuid NOT NULL,
	"class" text NOT NULL,
	"next_eligible_at" timestamp with time zone,
	"held_reason" text,
	"held_until" timestamp with time zone,
	"holds" smallint DEFAULT 0 NOT NULL,
	"leased_by" uuid,
	"leased_until" timestamp with time zone,
	"epoch" bigint DEFAULT 0 NOT NULL,
	CONSTRAINT "lanes_page_id_class_pk" PRIMARY KEY("page_id","class"),
	CONSTRAINT "lanes_class" CHECK ("messaging"."lanes"."class" in ('reply', 'utility', 'campaign', 'media', 'private_reply'))
);
--> statement-breakpoint
CREATE TABLE "messaging"."messages" (
	"id" uuid DEFAULT uuidv7() NOT NULL,
	"workspace_id" uuid NOT NULL,
	"conversation_id" uuid NOT NULL,
	"page_id" uuid NOT NULL,
	"mid" text,
	"direction" text NOT NULL,
	"kind" text DEFAULT 'message' NOT NULL,
	"author_kind" text NOT NULL,
	"author_user_id" uuid,
	"app_id" text,
	"text" text,
	"content" jsonb,
	"reply_to_mid" text,
	"edit_num" smallint DEFAULT 0 NOT NULL,
	"edited_at" timestamp with time zone,
	"deleted_at" timestamp with time zone,
	"is_partial" boolean DEFAULT false NOT NULL,
	"idempotency_key" text,
	"sent_at" timestamp with time zone NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "messages_workspace_id_id_pk" PRIMARY KEY("workspace_id","id"),
	CONSTRAINT "messages_page_mid" UNIQUE("page_id","mid"),
	CONSTRAINT "messages_author" CHECK (("messaging"."messages"."direction" = 'in') = ("messaging"."messages"."author_kind" = 'contact')),
	CONSTRAINT "messages_inbound_mid" CHECK ("messaging"."messages"."direction" = 'out' or "messaging"."messages"."mid" is not null)
);
--> statement-breakpoint
CREATE TABLE "messaging"."notes" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"workspace_id" uuid NOT NULL,
	"conversation_id" uuid NOT NULL,
	"page_id" uuid NOT NULL,
	"author_id" uuid,
	"text" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "messaging"."paces" (
	"workspace_id" uuid NOT NULL,
	"page_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"limit_per_second" real NOT NULL,
	"share" real DEFAULT 1 NOT NULL,
	"share_at" timestamp with time zone DEFAULT now() NOT NULL,
	"throttled_at" timestamp with time zone,
	"open_at" timestamp with time zone DEFAULT now() NOT NULL,
	"reserve_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "paces_page_id_kind_pk" PRIMARY KEY("page_id","kind"),
	CONSTRAINT "paces_kind" CHECK ("messaging"."paces"."kind" in ('text', 'media', 'lookup')),
	CONSTRAINT "paces_limit" CHECK ("messaging"."paces"."limit_per_second" > 0 and "messaging"."paces"."share" > 0 and "messaging"."paces"."share" <= 1)
);
--> statement-breakpoint
CREATE TABLE "messaging"."pages" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"workspace_id" uuid NOT NULL,
	"facebook_id" text NOT NULL,
	"name" text NOT NULL,
	"picture_url" text,
	"followers" integer,
	"status" text NOT NULL,
	"status_reason" text,
	"token_sealed" text,
	"token_expires_at" timestamp with time zone,
	"connected_by_asid" text,
	"scopes" text[] DEFAULT '{}' NOT NULL,
	"subscribed_fields" text[] DEFAULT '{}' NOT NULL,
	"human_agent" text DEFAULT 'unknown' NOT NULL,
	"checked_at" timestamp with time zone,
	"last_event_at" timestamp with time zone,
	"last_send_at" timestamp with time zone,
	"connected_at" timestamp with time zone DEFAULT now() NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "pages_workspace_id" UNIQUE("workspace_id","id"),
	CONSTRAINT "pages_workspace_facebook" UNIQUE("workspace_id","facebook_id"),
	CONSTRAINT "pages_status" CHECK ("messaging"."pages"."status" in ('connected', 'token_dead', 'restricted', 'disconnected')),
	CONSTRAINT "pages_token" CHECK ("messaging"."pages"."status" = 'disconnected' or "messaging"."pages"."token_sealed" is not null)
);
--> statement-breakpoint
CREATE TABLE "messaging"."reactions" (
	"workspace_id" uuid NOT NULL,
	"page_id" uuid NOT NULL,
	"mid" text NOT NULL,
	"actor" text NOT NULL,
	"emoji" text,
	"reaction" text,
	"at" timestamp with time zone NOT NULL,
	CONSTRAINT "reactions_page_id_mid_actor_pk" PRIMARY KEY("page_id","mid","actor")
);
--> statement-breakpoint
CREATE TABLE "webhooks"."raw_events" (
	"id" uuid DEFAULT uuidv7() NOT NULL,
	"received_at" timestamp with time zone DEFAULT now() NOT NULL,
	"page_facebook_id" text NOT NULL,
	"kind" text NOT NULL,
	"state" text NOT NULL,
	"body" text NOT NULL,
	"error" text,
	"replayed_at" timestamp with time zone,
	CONSTRAINT "raw_events_received_at_id_pk" PRIMARY KEY("received_at","id")
) PARTITION BY RANGE ("received_at");
--> statement-breakpoint
ALTER TABLE "auth"."login_attempts" ADD CONSTRAINT "login_attempts_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "auth"."users"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "auth"."memberships" ADD CONSTRAINT "memberships_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "auth"."workspaces"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "auth"."memberships" ADD CONSTRAINT "memberships_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "auth"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "auth"."sessions" ADD CONSTRAINT "sessions_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "auth"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "messaging"."attachments" ADD CONSTRAINT "attachments_workspace_id_message_id_messages_workspace_id_id_fk" FOREIGN KEY ("workspace_id","message_id") REFERENCES "messaging"."messages"("workspace_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "messaging"."comments" ADD CONSTRAINT "comments_workspace_id_page_id_pages_workspace_id_id_fk" FOREIGN KEY ("workspace_id","page_id") REFERENCES "messaging"."pages"("workspace_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "messaging"."contacts" ADD CONSTRAINT "contacts_workspace_id_page_id_pages_workspace_id_id_fk" FOREIGN KEY ("workspace_id","page_id") REFERENCES "messaging"."pages"("workspace_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "messaging"."contents" ADD CONSTRAINT "contents_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "auth"."workspaces"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "messaging"."conversations" ADD CONSTRAINT "conversations_workspace_id_id_page_id_contacts_workspace_id_id_page_id_fk" FOREIGN KEY ("workspace_id","id","page_id") REFERENCES "messaging"."contacts"("workspace_id","id","page_id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "messaging"."conversations" ADD CONSTRAINT "conversations_workspace_id_assignee_id_memberships_workspace_id_user_id_fk" FOREIGN KEY ("workspace_id","assignee_id") REFERENCES "auth"."memberships"("workspace_id","user_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "messaging"."deliveries" ADD CONSTRAINT "deliveries_by_user_id_users_id_fk" FOREIGN KEY ("by_user_id") REFERENCES "auth"."users"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "messaging"."deliveries" ADD CONSTRAINT "deliveries_workspace_id_contact_id_page_id_contacts_workspace_id_id_page_id_fk" FOREIGN KEY ("workspace_id","contact_id","page_id") REFERENCES "messaging"."contacts"("workspace_id","id","page_id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "messaging"."deliveries" ADD CONSTRAINT "deliveries_workspace_id_message_id_messages_workspace_id_id_fk" FOREIGN KEY ("workspace_id","message_id") REFERENCES "messaging"."messages"("workspace_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "messaging"."deliveries" ADD CONSTRAINT "deliveries_workspace_id_content_id_contents_workspace_id_id_fk" FOREIGN KEY ("workspace_id","content_id") REFERENCES "messaging"."contents"("workspace_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "messaging"."events" ADD CONSTRAINT "events_actor_user_id_users_id_fk" FOREIGN KEY ("actor_user_id") REFERENCES "auth"."users"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "messaging"."events" ADD CONSTRAINT "events_workspace_id_page_id_pages_workspace_id_id_fk" FOREIGN KEY ("workspace_id","page_id") REFERENCES "messaging"."pages"("workspace_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "messaging"."events" ADD CONSTRAINT "events_workspace_id_conversation_id_page_id_conversations_workspace_id_id_page_id_fk" FOREIGN KEY ("workspace_id","conversation_id","page_id") REFERENCES "messaging"."conversations"("workspace_id","id","page_id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "messaging"."facebook_logins" ADD CONSTRAINT "facebook_logins_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "auth"."workspaces"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "messaging"."facebook_logins" ADD CONSTRAINT "facebook_logins_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "auth"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "messaging"."lanes" ADD CONSTRAINT "lanes_workspace_id_page_id_pages_workspace_id_id_fk" FOREIGN KEY ("workspace_id","page_id") REFERENCES "messaging"."pages"("workspace_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "messaging"."messages" ADD CONSTRAINT "messages_author_user_id_users_id_fk" FOREIGN KEY ("author_user_id") REFERENCES "auth"."users"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "messaging"."messages" ADD CONSTRAINT "messages_workspace_id_conversation_id_page_id_conversations_workspace_id_id_page_id_fk" FOREIGN KEY ("workspace_id","conversation_id","page_id") REFERENCES "messaging"."conversations"("workspace_id","id","page_id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "messaging"."notes" ADD CONSTRAINT "notes_author_id_users_id_fk" FOREIGN KEY ("author_id") REFERENCES "auth"."users"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "messaging"."notes" ADD CONSTRAINT "notes_workspace_id_conversation_id_page_id_conversations_workspace_id_id_page_id_fk" FOREIGN KEY ("workspace_id","conversation_id","page_id") REFERENCES "messaging"."conversations"("workspace_id","id","page_id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "messaging"."paces" ADD CONSTRAINT "paces_workspace_id_page_id_pages_workspace_id_id_fk" FOREIGN KEY ("workspace_id","page_id") REFERENCES "messaging"."pages"("workspace_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "messaging"."pages" ADD CONSTRAINT "pages_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "auth"."workspaces"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "messaging"."reactions" ADD CONSTRAINT "reactions_workspace_id_page_id_pages_workspace_id_id_fk" FOREIGN KEY ("workspace_id","page_id") REFERENCES "messaging"."pages"("workspace_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "login_attempts_at" ON "auth"."login_attempts" USING btree ("at");--> statement-breakpoint
CREATE INDEX "memberships_user" ON "auth"."memberships" USING btree ("user_id");--> statement-breakpoint
CREATE INDEX "sessions_user" ON "auth"."sessions" USING btree ("user_id") WHERE "auth"."sessions"."ended_at" is null;--> statement-breakpoint
CREATE UNIQUE INDEX "users_email" ON "auth"."users" USING btree (lower("email"));--> statement-breakpoint
CREATE UNIQUE INDEX "users_one_owner" ON "auth"."users" USING btree ("is_owner") WHERE "auth"."users"."is_owner";--> statement-breakpoint
CREATE UNIQUE INDEX "jobs_kind_key" ON "jobs"."jobs" USING btree ("kind","key");--> statement-breakpoint
CREATE INDEX "jobs_due" ON "jobs"."jobs" USING btree ("run_at") WHERE "jobs"."jobs"."failed_at" is null;--> statement-breakpoint
CREATE INDEX "contacts_list" ON "messaging"."contacts" USING btree ("workspace_id","id");--> statement-breakpoint
CREATE INDEX "contacts_words" ON "messaging"."contacts" USING gin (messaging.words_of("name")) WITH (gin_pending_list_limit=512);--> statement-breakpoint
CREATE INDEX "conversations_status" ON "messaging"."conversations" USING btree ("workspace_id","status","last_message_at","id");--> statement-breakpoint
CREATE INDEX "conversations_assignee" ON "messaging"."conversations" USING btree ("workspace_id","assignee_id","status","last_message_at","id");--> statement-breakpoint
CREATE INDEX "deliveries_waiting" ON "messaging"."deliveries" USING btree ("page_id","class","due_at","id") WHERE "messaging"."deliveries"."state" = 'queued';--> statement-breakpoint
CREATE INDEX "deliveries_contact_open" ON "messaging"."deliveries" USING btree ("contact_id","id") WHERE "messaging"."deliveries"."state" in ('queued', 'leased', 'sending', 'unknown');--> statement-breakpoint
CREATE INDEX "deliveries_in_flight" ON "messaging"."deliveries" USING btree ("page_id","class") WHERE "messaging"."deliveries"."state" in ('leased', 'sending', 'unknown');--> statement-breakpoint
CREATE INDEX "events_thread" ON "messaging"."events" USING btree ("conversation_id","at","id") WHERE "messaging"."events"."conversation_id" is not null;--> statement-breakpoint
CREATE INDEX "lanes_due" ON "messaging"."lanes" USING btree ("next_eligible_at") WHERE "messaging"."lanes"."next_eligible_at" is not null;--> statement-breakpoint
CREATE INDEX "messages_thread" ON "messaging"."messages" USING btree ("conversation_id","sent_at","id");--> statement-breakpoint
CREATE INDEX "messages_words" ON "messaging"."messages" USING gin (messaging.words_of("text")) WITH (gin_pending_list_limit=512);--> statement-breakpoint
CREATE UNIQUE INDEX "messages_idempotency" ON "messaging"."messages" USING btree ("workspace_id","idempotency_key") WHERE "messaging"."messages"."idempotency_key" is not null;--> statement-breakpoint
CREATE INDEX "notes_thread" ON "messaging"."notes" USING btree ("conversation_id","created_at","id");--> statement-breakpoint
CREATE UNIQUE INDEX "pages_active_facebook" ON "messaging"."pages" USING btree ("facebook_id") WHERE "messaging"."pages"."status" <> 'disconnected';--> statement-breakpoint
CREATE INDEX "raw_events_open" ON "webhooks"."raw_events" USING btree ("state","received_at") WHERE "webhooks"."raw_events"."state" in ('failed', 'unrouted');--> statement-breakpoint
-- Days get partitions of their own from maintenance; what no day takes still has a place.
CREATE TABLE "webhooks"."raw_events_other" PARTITION OF "webhooks"."raw_events" DEFAULT;--> statement-breakpoint
-- Room on each page for the new version of a row, so that the clock of a window moves without touching an index.
ALTER TABLE "messaging"."contacts" SET (fillfactor = 85);--> statement-breakpoint
ALTER TABLE "messaging"."conversations" SET (fillfactor = 85);--> statement-breakpoint
ALTER TABLE "messaging"."deliveries" SET (fillfactor = 80);--> statement-breakpoint
ALTER TABLE "messaging"."lanes" SET (fillfactor = 50);--> statement-breakpoint
ALTER TABLE "messaging"."paces" SET (fillfactor = 50);
