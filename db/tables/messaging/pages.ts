import { sql } from "drizzle-orm";
import {
  boolean,
  check,
  foreignKey,
  integer,
  jsonb,
  text,
  unique,
  uniqueIndex,
  uuid,
} from "drizzle-orm/pg-core";
import { users } from "../auth.ts";
import {
  id,
  messaging,
  ownWorkspaceId,
  time,
  translations,
  translationsCheck,
  workspaceId,
} from "./schema.ts";

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
    /** The reason of the status, in words for the owner. */
    statusReason: text(),
    /** When Meta's restriction ends, as Meta stated it; infinity: when Meta lifts it. Null: not stated. */
    restrictedUntil: time(),
    /** Meta's restrictions of the page: a list of PageLimit of pages/standing.ts. */
    restrictions: jsonb()
      .notNull()
      .default(sql`'[]'`),
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
    /** Fields that Meta did not send, each with the permissions that provide it: `[{field, permissions}]`. */
    refusedFields: jsonb()
      .notNull()
      .default(sql`'[]'`),
    /** Whose login gave the token; null: it was pasted, and Meta does not tell. */
    tokenHolder: text({ enum: ["person", "system_user"] }),
    /** Why the last check or repair failed, in words; null: it did not. */
    checkProblem: text(),
    /** Whether Meta's Conversation Routing decides which app may answer; null: not known. */
    hasRouting: boolean(),
    /** When something happened in Meta's inbox that no webhook told; null: nothing is known of that kind. */
    unheardAt: time(),
    /** When Meta last refused a message to a person without a role on the app; null: it did not. */
    strangersRefusedAt: time(),
    /** The problem of the last notification; pages/notify_of_trouble.ts has the words. Null: none. */
    toldTrouble: text({
      enum: ["token_dead", "restricted", "withdrawn", "permission", "unsubscribed", "expiring"],
    }),
    humanAgent: text({ enum: ["unknown", "available", "unavailable"] })
      .notNull()
      .default("unknown"),
    /** When Meta refused an answer after 24 hours for want of its approval: tried again a day later. */
    humanAgentRefusedAt: time(),
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
    check(
      "pages_told_trouble",
      sql`${t.toldTrouble} in ('token_dead', 'restricted', 'withdrawn', 'permission', 'unsubscribed', 'expiring')`,
    ),
    check("pages_token_holder", sql`${t.tokenHolder} in ('person', 'system_user')`),
    check("pages_restricted_until", sql`${t.restrictedUntil} is null or ${t.status} = 'restricted'`),
    // A page of the demo workspace never has a token, so nothing can call Meta for it.
    check(
      "pages_token",
      sql`case when ${t.facebookId} like 'demo-%' then ${t.tokenSealed} is null
        else ${t.status} = 'disconnected' or ${t.tokenSealed} is not null end`,
    ),
  ],
);

/** Greeting, Get Started, ice breakers and menu of a page, as they are to be at Meta, and as Meta showed them. */
export const messengerProfiles = messaging.table(
  "messenger_profiles",
  {
    pageId: uuid().primaryKey(),
    workspaceId: ownWorkspaceId(),
    /** As messenger_profile/schema.ts validates it; so are the other two. */
    profile: jsonb().notNull(),
    /** Incremented by each change, so nobody overwrites a change that they have not seen. */
    revision: integer().notNull().default(0),
    status: text({ enum: ["draft", "publishing", "published", "failed"] }).notNull(),
    statusReason: text(),
    statusRemedy: text(),
    /** Null: not changed here yet, so it follows Meta. */
    savedAt: time(),
    /** When publishing was requested. */
    askedAt: time(),
    /** Meta's profile at the last check; null: not checked yet. */
    atMeta: jsonb(),
    readAt: time(),
    /** The parts of Meta's profile that may be replaced: published from here, or confirmed by a member. */
    base: jsonb().notNull(),
  },
  (t) => [
    foreignKey({
      columns: [t.workspaceId, t.pageId],
      foreignColumns: [pages.workspaceId, pages.id],
    }).onDelete("cascade"),
    check("messenger_profiles_status", sql`${t.status} in ('draft', 'publishing', 'published', 'failed')`),
  ],
);

/** How far a page's conversations were read from Meta's inbox. */
export const pageHistories = messaging.table(
  "page_histories",
  {
    pageId: uuid().primaryKey(),
    workspaceId: ownWorkspaceId(),
    state: text({ enum: ["reading", "done", "failed"] }).notNull(),
    /** Meta's cursor after the imported part; null at the beginning and at the end. */
    cursor: text(),
    /** Conversations in which nothing happened since then are left out; null: none. */
    since: time(),
    /** Conversations that this reading has seen. */
    threads: integer().notNull().default(0),
    /** That it and those before it found, and that were not known. */
    messages: integer().notNull().default(0),
    /** The problem, in words. */
    problem: text(),
    startedAt: time().notNull().defaultNow(),
    finishedAt: time(),
  },
  (t) => [
    foreignKey({
      columns: [t.workspaceId, t.pageId],
      foreignColumns: [pages.workspaceId, pages.id],
    }).onDelete("cascade"),
    check("page_histories_state", sql`${t.state} in ('reading', 'done', 'failed')`),
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
  /** Permissions that were requested from the dialog. */
  asked: text()
    .array()
    .notNull()
    .default(sql`'{}'`),
  /** Set when the code came back: a state counts once. */
  usedAt: time(),
  expiresAt: time().notNull(),
  createdAt: time().notNull().defaultNow(),
});

/** The app's webhook settings as Meta showed them last: one row, as the app belongs to the installation. */
export const appSettings = messaging.table(
  "app_settings",
  {
    isOnly: boolean().primaryKey().default(true),
    callbackUrl: text(),
    isActive: boolean().notNull(),
    fields: text().array().notNull(),
    /** Differences from the settings that this installation needs, in words. */
    differences: text().array().notNull(),
    checkedAt: time().notNull().defaultNow(),
  },
  (t) => [check("app_settings_only", sql`${t.isOnly}`)],
);

/** The owner's words for the status page of a deletion: one row, as the page belongs to the installation; none: ours. */
export const deletionPages = messaging.table(
  "deletion_page",
  {
    isOnly: boolean().primaryKey().default(true),
    /** Title and text; null: ours, and no translations. */
    content: jsonb(),
    translations: translations(),
    updatedAt: time().notNull().defaultNow(),
  },
  (t) => [
    check("deletion_page_only", sql`${t.isOnly}`),
    translationsCheck("deletion_page_translations", { column: t.translations, text: t.content }),
  ],
);

/** Answered data-deletion callbacks of Meta: the content of their status pages. Nothing identifies the person. */
export const dataDeletions = messaging.table("data_deletions", {
  code: text().primaryKey(),
  /** Pages that were disconnected, as the person's login gave their tokens. */
  pages: integer().notNull(),
  doneAt: time().notNull().defaultNow(),
});
