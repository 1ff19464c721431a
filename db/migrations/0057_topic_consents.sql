CREATE TABLE "messaging"."topic_consents" (
	"workspace_id" uuid NOT NULL,
	"page_id" uuid NOT NULL,
	"contact_id" uuid NOT NULL,
	"topic" text NOT NULL,
	"stopped" boolean NOT NULL,
	"reason" text NOT NULL,
	"at" timestamp with time zone NOT NULL,
	CONSTRAINT "topic_consents_contact_id_topic_pk" PRIMARY KEY("contact_id","topic"),
	CONSTRAINT "topic_consents_topic" CHECK ("messaging"."topic_consents"."topic" ~ '^(token:[0-9a-f]{8}|payload:[0-9a-f]{16})$')
);
--> statement-breakpoint
ALTER TABLE "messaging"."contacts" ADD COLUMN "topic_stopped_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "messaging"."contacts" ADD COLUMN "consent_reason" text;--> statement-breakpoint
ALTER TABLE "messaging"."contacts" ADD COLUMN "consent_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "messaging"."topic_consents" ADD CONSTRAINT "topic_consents_workspace_id_contact_id_page_id_contacts_workspace_id_id_page_id_fk" FOREIGN KEY ("workspace_id","contact_id","page_id") REFERENCES "messaging"."contacts"("workspace_id","id","page_id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
-- Stopped until now by a topic, as far as the newest word on all messages is no stop too. Tokens are sealed: by payload.
INSERT INTO "messaging"."topic_consents" ("workspace_id", "page_id", "contact_id", "topic", "stopped", "reason", "at")
SELECT DISTINCT ON (c.id, e.topic) c.workspace_id, c.page_id, c.id, e.topic, e.stopped, e.reason, e.at
FROM "messaging"."contacts" AS c
CROSS JOIN LATERAL (
  SELECT 'payload:' || left(encode(sha256(convert_to(coalesce(v.data ->> 'payload', ''), 'UTF8')), 'hex'), 16) AS topic,
    v.data ->> 'notification_messages_status' = 'STOP NOTIFICATIONS' AS stopped, v.at,
    CASE v.data ->> 'notification_messages_status' WHEN 'STOP NOTIFICATIONS' THEN 'Stopped' ELSE 'Resumed' END
      || ' notifications in Messenger' || coalesce(': ' || left(v.data ->> 'payload', 80), '') AS reason
  FROM "messaging"."events" AS v
  WHERE v.conversation_id = c.id AND v.kind = 'optin'
    AND v.data ->> 'notification_messages_status' IN ('STOP NOTIFICATIONS', 'RESUME NOTIFICATIONS')) AS e
WHERE NOT c.subscribed AND c.subscription_reason = 'Stopped notifications in Messenger'
  AND NOT coalesce((SELECT w.kind = 'optout' OR w.data ->> 'subscribed' = 'false' FROM "messaging"."events" AS w
    WHERE w.conversation_id = c.id AND w.kind IN ('consent', 'optout') ORDER BY w.at DESC LIMIT 1), false)
ORDER BY c.id, e.topic, e.at DESC, e.stopped DESC;--> statement-breakpoint
UPDATE "messaging"."contacts" AS c SET "topic_stopped_at" = c.subscription_at, "consent_at" = (
  SELECT max(w.at) FROM "messaging"."events" AS w WHERE w.conversation_id = c.id AND w.kind = 'consent')
FROM "messaging"."topic_consents" AS t
WHERE t.contact_id = c.id AND t.stopped AND t.at = c.subscription_at AND NOT c.subscribed;
