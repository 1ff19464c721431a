import { sql } from "drizzle-orm";
import { index, pgSchema, primaryKey, text, timestamp, uuid } from "drizzle-orm/pg-core";

export const webhooks = pgSchema("webhooks");

const time = () => timestamp({ withTimezone: true, mode: "date" });

/**
 * Meta's webhooks, one row per event, each a complete webhook body that can be replayed alone.
 * Partitioned by day (the migration says how), so that old days are dropped at no cost.
 */
export const rawEvents = webhooks.table(
  "raw_events",
  {
    id: uuid()
      .notNull()
      .default(sql`uuidv7()`),
    receivedAt: time().notNull().defaultNow(),
    pageFacebookId: text().notNull(),
    kind: text().notNull(),
    /** stored: in its final place · kept: a kind that we do not act on · unrouted: no such page here · failed: see error. */
    state: text({ enum: ["stored", "kept", "unrouted", "failed"] }).notNull(),
    body: text().notNull(),
    error: text(),
    replayedAt: time(),
  },
  (t) => [
    primaryKey({ columns: [t.receivedAt, t.id] }),
    // The health page and replay read only failed events.
    index("raw_events_open")
      .on(t.state, t.receivedAt)
      .where(sql`${t.state} in ('failed', 'unrouted')`),
  ],
);
