import { sql } from "drizzle-orm";
import { check, integer, text, unique, uniqueIndex, uuid } from "drizzle-orm/pg-core";
import { users } from "../auth.ts";
import { id, messaging, time, workspaceId } from "./schema.ts";

export const pages = messaging.table(
  "pages",
  {
    id: id(),
    workspaceId: workspaceId(),
    facebookId: text().notNull(),
    name: text().notNull(),
    pictureUrl: text(),
    followers: integer(),
    status: text({ enum: ["connected", "token_dead", "restricted", "disconnected"] }).notNull(),
    /** Why the status is what it is, in words for the owner. */
    statusReason: text(),
    tokenSealed: text(),
    /** Null: Meta says that the token does not expire by itself. */
    tokenExpiresAt: time(),
    /** App-scoped id of the person whose login gave the token; deauthorize and deletion callbacks name it. */
    connectedByAsid: text(),
    scopes: text()
      .array()
      .notNull()
      .default(sql`'{}'`),
    subscribedFields: text()
      .array()
      .notNull()
      .default(sql`'{}'`),
    humanAgent: text({ enum: ["unknown", "available", "unavailable"] })
      .notNull()
      .default("unknown"),
    checkedAt: time(),
    lastEventAt: time(),
    lastSendAt: time(),
    connectedAt: time().notNull().defaultNow(),
    createdAt: time().notNull().defaultNow(),
  },
  (t) => [
    unique("pages_workspace_id").on(t.workspaceId, t.id),
    unique("pages_workspace_facebook").on(t.workspaceId, t.facebookId),
    // One active workspace per page; inbound events find their page by this key.
    uniqueIndex("pages_active_facebook")
      .on(t.facebookId)
      .where(sql`${t.status} <> 'disconnected'`),
    check("pages_status", sql`${t.status} in ('connected', 'token_dead', 'restricted', 'disconnected')`),
    check("pages_token", sql`${t.status} = 'disconnected' or ${t.tokenSealed} is not null`),
  ],
);

/** A Facebook Login on its way: made when the dialog opens, filled when the code comes back, gone after use. */
export const facebookLogins = messaging.table("facebook_logins", {
  stateHash: text().primaryKey(),
  /** Names the login after its state was used up. */
  id: uuid()
    .notNull()
    .unique()
    .default(sql`uuidv7()`),
  workspaceId: workspaceId(),
  userId: uuid()
    .notNull()
    .references(() => users.id, { onDelete: "cascade" }),
  tokenSealed: text(),
  asid: text(),
  scopes: text()
    .array()
    .notNull()
    .default(sql`'{}'`),
  /** Set when the code came back: a state counts once. */
  usedAt: time(),
  expiresAt: time().notNull(),
  createdAt: time().notNull().defaultNow(),
});

/** Answered data-deletion callbacks of Meta: what their status pages show. Nothing here says who asked. */
export const dataDeletions = messaging.table("data_deletions", {
  code: text().primaryKey(),
  /** Pages that were disconnected, as the person's login gave their tokens. */
  pages: integer().notNull(),
  doneAt: time().notNull().defaultNow(),
});
