import { sql } from "drizzle-orm";
import { check, index, pgSchema, text, timestamp, uuid } from "drizzle-orm/pg-core";

export const mail = pgSchema("mail");

const time = () => timestamp({ withTimezone: true, mode: "date" });

/** One mail to one person, written in the transaction that needs it. Kept for 30 days. */
export const mails = mail.table(
  "mails",
  {
    /** Also names the job, and is the Message-ID of each attempt. */
    id: uuid()
      .primaryKey()
      .default(sql`uuidv7()`),
    /** For instance `invitation`. */
    kind: text().notNull(),
    address: text().notNull(),
    /** Subject, text and link, sealed: a link may let its reader in. Null once the mail was sent, or refused for good. */
    contentSealed: text(),
    state: text({ enum: ["queued", "sent", "failed"] })
      .notNull()
      .default("queued"),
    /** Why it failed, in the mail server's words. */
    failure: text(),
    createdAt: time().notNull().defaultNow(),
    settledAt: time(),
  },
  (t) => [
    check("mails_state", sql`${t.state} in ('queued', 'sent', 'failed')`),
    check(
      "mails_content",
      sql`case ${t.state} when 'queued' then ${t.contentSealed} is not null when 'sent' then ${t.contentSealed} is null else true end`,
    ),
    // Counting those of an address in the last hour.
    index("mails_address").on(sql`lower(${t.address})`, t.createdAt),
    // Pruning of old rows.
    index("mails_created").on(t.createdAt),
  ],
);
