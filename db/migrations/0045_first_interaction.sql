ALTER TABLE "messaging"."contacts" ADD COLUMN "first_inbound_at" timestamp with time zone;--> statement-breakpoint
-- Of everybody else it is when they became known, which is there already.
UPDATE "messaging"."contacts" AS c SET "first_inbound_at" = coalesce(
  (SELECT min(m.sent_at) FROM "messaging"."messages" AS m WHERE m.conversation_id = c.id AND m.direction = 'in'),
  c.last_inbound_at)
WHERE c.last_inbound_at IS NOT NULL AND (c.source = 'import' OR EXISTS (SELECT FROM "messaging"."messages" AS m
  WHERE m.conversation_id = c.id AND m.direction = 'in' AND m.sent_at < c.created_at - interval '1 minute'));
