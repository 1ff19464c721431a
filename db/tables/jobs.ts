import { sql } from "drizzle-orm";
import { bigint, index, integer, jsonb, pgSchema, text, timestamp, uniqueIndex } from "drizzle-orm/pg-core";

export const jobsSchema = pgSchema("jobs");

const time = () => timestamp({ withTimezone: true, mode: "date" });

/** Work for later, written in the transaction that needs it. Finished jobs are deleted. */
export const jobs = jobsSchema.table(
  "jobs",
  {
    id: bigint({ mode: "number" }).primaryKey().generatedAlwaysAsIdentity(),
    kind: text().notNull(),
    /** One open job per (kind, key): another request only moves a waiting one earlier. */
    key: text().notNull(),
    payload: jsonb().notNull(),
    runAt: time().notNull().defaultNow(),
    attempts: integer().notNull().default(0),
    /** Counts requests; a job requested during its run runs once more. */
    asked: integer().notNull().default(1),
    leasedUntil: time(),
    lastError: text(),
    failedAt: time(),
    traceId: text(),
    createdAt: time().notNull().defaultNow(),
  },
  (t) => [
    uniqueIndex("jobs_kind_key").on(t.kind, t.key),
    // The claim takes due jobs, oldest first; failed jobs stay visible and out of its way.
    index("jobs_due")
      .on(t.runAt)
      .where(sql`${t.failedAt} is null`),
  ],
);
