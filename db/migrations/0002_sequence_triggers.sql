DROP INDEX "messaging"."contact_tags_tag";--> statement-breakpoint
DROP INDEX "messaging"."enrolments_due";--> statement-breakpoint
ALTER TABLE "messaging"."contact_fields" ADD COLUMN "changed_at" timestamp with time zone DEFAULT now() NOT NULL;--> statement-breakpoint
ALTER TABLE "messaging"."page_replies" ADD COLUMN "seen_until" timestamp with time zone DEFAULT now() NOT NULL;--> statement-breakpoint
CREATE INDEX "contact_fields_changed" ON "messaging"."contact_fields" USING btree ("field_id","changed_at");--> statement-breakpoint
CREATE INDEX "contact_tags_tag" ON "messaging"."contact_tags" USING btree ("tag_id","tagged_at","contact_id");--> statement-breakpoint
CREATE INDEX "enrolments_due" ON "messaging"."enrolments" USING btree ("campaign_id","due_at") WHERE "messaging"."enrolments"."status" = 'active';