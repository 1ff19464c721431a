import { sql } from "drizzle-orm";
import { bigint, index, integer, jsonb, pgSchema, text, timestamp, uniqueIndex } from "drizzle-orm/pg-core";

export const jobsSchema = pgSchema("jobs");

const time = () => timestamp({ withTimezone: true, mode: "date" });

/** Work that must happen later, written in the transaction that made it necessary. Done work is deleted. */
export const jobs = jobsSchema.table(
  "jobs",
  {
    id: bigint({ mode: "number" }).primaryKey().generatedAlwaysAsIdentity(),
    kind: text().notNull(),
    /** One open job per (kind, key): asking again while one waits only moves it earlier. */
    key: text().notNull(),
    payload: jsonb().notNull(),
    runAt: time().notNull().defaultNow(),
    attempts: integer().notNull().default(0),
    /** Counts requests; a job asked for again while it runs runs once more. */
    asked: integer().notNull().default(1),
    leasedUntil: time(),
    lastError: text(),
    failedAt: time(),
    traceId: text(),
    createdAt: time().notNull().defaultNow(),
  },
  (t) => [
    uniqueIndex("jobs_kind_key").on(t.kind, t.key),
    // The claim takes what is due, oldest first; given-up jobs stay visible and out of its way.
    index("jobs_due")
      .on(t.runAt)
      .where(sql`${t.failedAt} is null`),
  ],
);
