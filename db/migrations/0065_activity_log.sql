CREATE TABLE "auth"."activity" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"workspace_id" uuid,
	"actor_kind" text NOT NULL,
	"actor_id" uuid,
	"actor_name" text NOT NULL,
	"address" text NOT NULL,
	"action" text NOT NULL,
	"subject_id" text,
	"subject_name" text,
	"before" jsonb,
	"after" jsonb,
	"request_id" text,
	CONSTRAINT "activity_actor" CHECK ("auth"."activity"."actor_kind" in ('user', 'key', 'command-line', 'nobody')),
	CONSTRAINT "activity_bounds" CHECK (length("auth"."activity"."actor_name") <= 200 and length("auth"."activity"."address") <= 100 and length("auth"."activity"."action") <= 60
        and length("auth"."activity"."subject_id") <= 100 and length("auth"."activity"."subject_name") <= 200 and length("auth"."activity"."request_id") <= 100
        and length("auth"."activity"."before"::text) <= 30000 and length("auth"."activity"."after"::text) <= 30000)
);
--> statement-breakpoint
CREATE INDEX "activity_workspace" ON "auth"."activity" USING btree ("workspace_id","id");--> statement-breakpoint
CREATE INDEX "activity_actor" ON "auth"."activity" USING btree ("actor_id","id");--> statement-breakpoint
CREATE INDEX "activity_subject" ON "auth"."activity" USING btree ("subject_id","id");--> statement-breakpoint
CREATE INDEX "activity_action" ON "auth"."activity" USING btree ("action","id");--> statement-breakpoint
CREATE FUNCTION "auth"."refuse_activity_change"() RETURNS trigger LANGUAGE plpgsql AS $$
begin
  -- Only auth.prune_activity sets this, for its own run.
  if tg_op = 'DELETE' and current_setting('auth.prunes_activity', true) = 'on'
    and old.id < uuidv7(interval '-30 days') then
    return old;
  end if;
  raise exception 'Cannot % rows of the activity log: it only grows', lower(tg_op)
    using errcode = 'insufficient_privilege', hint = 'auth.prune_activity deletes rows older than 30 days';
end $$;--> statement-breakpoint
CREATE TRIGGER "activity_stays" BEFORE UPDATE OR DELETE ON "auth"."activity"
  FOR EACH ROW EXECUTE FUNCTION "auth"."refuse_activity_change"();--> statement-breakpoint
CREATE TRIGGER "activity_is_not_emptied" BEFORE TRUNCATE ON "auth"."activity"
  FOR EACH STATEMENT EXECUTE FUNCTION "auth"."refuse_activity_change"();--> statement-breakpoint
CREATE FUNCTION "auth"."prune_activity"("older_than" interval, "most" integer) RETURNS integer LANGUAGE plpgsql
  SET "auth.prunes_activity" = 'on' AS $$
declare
  deleted integer;
begin
  if older_than < interval '30 days' then
    raise exception 'Cannot prune the activity log: rows stay at least 30 days' using errcode = 'invalid_parameter_value';
  end if;
  delete from auth.activity where id = any(array(
    select id from auth.activity where id < uuidv7(-older_than) order by id limit most));
  get diagnostics deleted = row_count;
  return deleted;
end $$;
