import { sql } from "drizzle-orm";
import {
  bigint,
  boolean,
  check,
  index,
  integer,
  jsonb,
  pgSchema,
  primaryKey,
  text,
  timestamp,
  uniqueIndex,
  uuid,
} from "drizzle-orm/pg-core";

export const auth = pgSchema("auth");

const id = () =>
  uuid()
    .primaryKey()
    .default(sql`uuidv7()`);
const time = () => timestamp({ withTimezone: true, mode: "date" });

export const users = auth.table(
  "users",
  {
    id: id(),
    email: text().notNull(),
    name: text().notNull(),
    passwordHash: text().notNull(),
    isOwner: boolean().notNull().default(false),
    /** Used by version 0.2 only, which must still run on this database: see `login_budgets`. */
    failedLogins: integer().notNull().default(0),
    lockedUntil: time(),
    deactivatedAt: time(),
    /** The language of the dashboard and of mail; null: the browser's. */
    language: text(),
    /** An IANA zone for the times on the screens and in mail; null: the browser's. */
    timeZone: text(),
    /** The row stays, because messages, notes and campaigns name their authors; address and password are erased. */
    deletedAt: time(),
    createdAt: time().notNull().defaultNow(),
  },
  (t) => [
    check("users_language", sql`length(${t.language}) between 2 and 20`),
    check("users_time_zone", sql`length(${t.timeZone}) between 1 and 64`),
    // Addresses are compared without case; rows keep the person's spelling.
    uniqueIndex("users_email").on(sql`lower(${t.email})`),
    check(
      "users_deleted",
      sql`${t.deletedAt} is null or (${t.deactivatedAt} is not null and not ${t.isOwner})`,
    ),
  ],
);

export const workspaces = auth.table(
  "workspaces",
  {
    id: id(),
    name: text().notNull(),
    accent: text().notNull().default("blue"),
    /** Set: it is switched off, and sends nothing. */
    disabledAt: time(),
    /** Its rows are invented, to show the product. It can only be removed. */
    isDemo: boolean().notNull().default(false),
    createdAt: time().notNull().defaultNow(),
  },
  (t) => [
    // At most one.
    uniqueIndex("workspaces_one_demo")
      .on(t.isDemo)
      .where(sql`${t.isDemo}`),
    // A demo sends nothing, in every release that runs on this database.
    check("workspaces_demo_off", sql`not ${t.isDemo} or ${t.disabledAt} is not null`),
  ],
);

/** The author and time of the last disable or enable. */
export const workspaceSwitches = auth.table(
  "workspace_switches",
  {
    id: id(),
    workspaceId: uuid()
      .notNull()
      .references(() => workspaces.id, { onDelete: "cascade" }),
    isOn: boolean().notNull(),
    userId: uuid().references(() => users.id, { onDelete: "set null" }),
    at: time().notNull().defaultNow(),
  },
  // A workspace's own, newest first.
  (t) => [index("workspace_switches_list").on(t.workspaceId, t.id)],
);

/** Members of a workspace. The owner has a row in each, so conversations can be assigned to them too. */
export const memberships = auth.table(
  "memberships",
  {
    workspaceId: uuid()
      .notNull()
      .references(() => workspaces.id, { onDelete: "cascade" }),
    userId: uuid()
      .notNull()
      .references(() => users.id, { onDelete: "cascade" }),
    role: text({ enum: ["owner", "manager", "operator", "viewer"] }).notNull(),
    /** What they see: everything, the pages of `member_pages`, or conversations assigned to them. */
    access: text({ enum: ["all", "pages", "assigned"] })
      .notNull()
      .default("all"),
    createdAt: time().notNull().defaultNow(),
  },
  (t) => [
    primaryKey({ columns: [t.workspaceId, t.userId] }),
    check("memberships_role", sql`${t.role} in ('owner', 'manager', 'operator', 'viewer')`),
    check("memberships_access", sql`${t.access} in ('all', 'pages', 'assigned')`),
    check("memberships_owner_access", sql`${t.role} <> 'owner' or ${t.access} = 'all'`),
    // The workspaces of a person, read at each login and by `me`.
    index("memberships_user").on(t.userId),
  ],
);

/** A link by which one address joins once, as an owner or in workspaces. */
export const invitations = auth.table(
  "invitations",
  {
    id: id(),
    email: text().notNull(),
    isOwner: boolean().notNull().default(false),
    /** Of the mail. */
    language: text().notNull(),
    /** SHA-256 of the token in the newest link; the token itself is stored nowhere. */
    tokenHash: text().notNull(),
    expiresAt: time().notNull(),
    /** The newest mail with the link, of `mail.mails`; null: the link was only copied. */
    mailId: uuid(),
    invitedBy: uuid().references(() => users.id, { onDelete: "set null" }),
    createdAt: time().notNull().defaultNow(),
    acceptedAt: time(),
    acceptedBy: uuid().references(() => users.id, { onDelete: "set null" }),
    revokedAt: time(),
  },
  (t) => [
    uniqueIndex("invitations_token").on(t.tokenHash),
    // One open invitation for each address.
    uniqueIndex("invitations_open")
      .on(sql`lower(${t.email})`)
      .where(sql`${t.acceptedAt} is null and ${t.revokedAt} is null`),
    check("invitations_end", sql`${t.acceptedAt} is null or ${t.revokedAt} is null`),
  ],
);

/** The workspaces of an invitation, with the role in each. */
export const invitationPlaces = auth.table(
  "invitation_places",
  {
    invitationId: uuid()
      .notNull()
      .references(() => invitations.id, { onDelete: "cascade" }),
    workspaceId: uuid()
      .notNull()
      .references(() => workspaces.id, { onDelete: "cascade" }),
    role: text({ enum: ["manager", "operator", "viewer"] }).notNull(),
    access: text({ enum: ["all", "pages", "assigned"] })
      .notNull()
      .default("all"),
  },
  (t) => [
    primaryKey({ columns: [t.invitationId, t.workspaceId] }),
    check("invitation_places_access", sql`${t.access} in ('all', 'pages', 'assigned')`),
    check("invitation_places_role", sql`${t.role} in ('manager', 'operator', 'viewer')`),
    // Deleting a workspace.
    index("invitation_places_workspace").on(t.workspaceId),
  ],
);

/** A mailed link that its reader may use once. Using one deletes it, and others that it makes worthless. */
export const mailedLinks = auth.table(
  "mailed_links",
  {
    /** SHA-256 of the token in the link; the token itself is stored nowhere. */
    tokenHash: text().primaryKey(),
    /** `undo` goes to the former address, and gives it back to its person. */
    kind: text({ enum: ["reset", "address", "undo"] }).notNull(),
    userId: uuid()
      .notNull()
      .references(() => users.id, { onDelete: "cascade" }),
    /** The address that the account gets: the new one, or for `undo` the former one. */
    email: text(),
    createdAt: time()
      .notNull()
      .default(sql`clock_timestamp()`),
    expiresAt: time().notNull(),
  },
  (t) => [
    check("mailed_links_kind", sql`${t.kind} in ('reset', 'address', 'undo')`),
    check("mailed_links_email", sql`(${t.email} is null) = (${t.kind} = 'reset')`),
    // Ending all of one person's links.
    index("mailed_links_user").on(t.userId),
    // Deleting those that are past their time.
    index("mailed_links_expires").on(t.expiresAt),
    // A person waits for one new address at a time.
    uniqueIndex("mailed_links_address")
      .on(t.userId)
      .where(sql`${t.kind} = 'address'`),
  ],
);

/** One row per login: the family of all refresh tokens that followed from it. */
export const sessions = auth.table(
  "sessions",
  {
    id: id(),
    userId: uuid()
      .notNull()
      .references(() => users.id, { onDelete: "cascade" }),
    refreshHash: text().notNull(),
    previousHash: text(),
    rotatedAt: time().notNull().defaultNow(),
    expiresAt: time().notNull(),
    lastSeenAt: time().notNull().defaultNow(),
    userAgent: text().notNull().default(""),
    address: text().notNull().default(""),
    createdAt: time().notNull().defaultNow(),
    /** The last password, code or passkey of the person in this session; dangerous actions need a recent one. */
    provedAt: time().notNull().defaultNow(),
    endedAt: time(),
    endReason: text(),
  },
  (t) => [
    // Ending all of one person's sessions.
    index("sessions_user")
      .on(t.userId)
      .where(sql`${t.endedAt} is null`),
  ],
);

/** The authenticator app of a person. */
export const totps = auth.table(
  "totps",
  {
    userId: uuid()
      .primaryKey()
      .references(() => users.id, { onDelete: "cascade" }),
    /** Base32, sealed. */
    secret: text().notNull(),
    /** Null: waits for its first code, and is no second factor yet. */
    confirmedAt: time(),
    /** The step of the newest code that was used: it and those before work no more. */
    lastStep: integer().notNull().default(0),
    createdAt: time().notNull().defaultNow(),
  },
  (t) => [check("totps_secret", sql`length(${t.secret}) <= 500`)],
);

/** The codes that work once, for people who lost their second factor. */
export const recoveryCodes = auth.table(
  "recovery_codes",
  {
    userId: uuid()
      .notNull()
      .references(() => users.id, { onDelete: "cascade" }),
    /** SHA-256 of person and code, which has 80 random bits. */
    codeHash: text().notNull(),
    usedAt: time(),
  },
  (t) => [primaryKey({ columns: [t.userId, t.codeHash] })],
);

export const passkeys = auth.table(
  "passkeys",
  {
    id: id(),
    userId: uuid()
      .notNull()
      .references(() => users.id, { onDelete: "cascade" }),
    /** base64url, as the browser names it. */
    credentialId: text().notNull(),
    /** COSE, base64url. */
    publicKey: text().notNull(),
    /** Of signatures; 0 for ever where the authenticator does not count. */
    counter: bigint({ mode: "number" }).notNull(),
    /** For instance `internal`: helps the browser to find the authenticator. */
    transports: text().array().notNull(),
    name: text().notNull(),
    createdAt: time().notNull().defaultNow(),
    lastUsedAt: time(),
  },
  (t) => [
    uniqueIndex("passkeys_credential").on(t.credentialId),
    // Those of a person; each request asks for them where a second factor is required.
    index("passkeys_user").on(t.userId),
    check(
      "passkeys_bounds",
      sql`length(${t.credentialId}) <= 1400 and length(${t.publicKey}) <= 4000 and length(${t.name}) between 1 and 80
        and cardinality(${t.transports}) <= 10`,
    ),
  ],
);

/** Browsers in which a person needs no second factor for 30 days. */
export const rememberedDevices = auth.table(
  "remembered_devices",
  {
    id: id(),
    userId: uuid()
      .notNull()
      .references(() => users.id, { onDelete: "cascade" }),
    /** SHA-256 of the cookie's token. */
    tokenHash: text().notNull(),
    /** SHA-256 of the password hash: a new password forgets the device. */
    passwordMark: text().notNull(),
    userAgent: text().notNull(),
    address: text().notNull(),
    createdAt: time().notNull().defaultNow(),
    lastUsedAt: time().notNull().defaultNow(),
    expiresAt: time().notNull(),
  },
  (t) => [
    uniqueIndex("remembered_devices_token").on(t.tokenHash),
    index("remembered_devices_user").on(t.userId),
  ],
);

/** Challenges and logins that were used: each works once. Strangers add none, because only a success is written. */
export const usedChallenges = auth.table(
  "used_challenges",
  {
    hash: text().primaryKey(),
    expiresAt: time().notNull(),
  },
  // Deleting those that nobody can use any more.
  (t) => [index("used_challenges_expiry").on(t.expiresAt)],
);

/** The rules of the installation for all accounts: one row, or none for the defaults. */
export const accountRules = auth.table(
  "account_rules",
  {
    isOnly: boolean().primaryKey().default(true),
    needsSecondFactor: boolean().notNull().default(false),
  },
  (t) => [check("account_rules_only", sql`${t.isOnly}`)],
);

export const loginAttempts = auth.table(
  "login_attempts",
  {
    id: id(),
    email: text().notNull(),
    userId: uuid().references(() => users.id, { onDelete: "set null" }),
    /** Version 0.2 wrote `locked` too. */
    outcome: text({ enum: ["success", "wrong", "locked", "limited", "deactivated"] }).notNull(),
    address: text().notNull(),
    userAgent: text().notNull(),
    at: time().notNull().defaultNow(),
  },
  (t) => [index("login_attempts_at").on(t.at)],
);

/**
 * Remaining password attempts. Each attempt moves `full_at` on; at that time the budget is full again, and its row is
 * unused.
 */
export const loginBudgets = auth.table(
  "login_budgets",
  {
    /** A hash of the lower-case e-mail address of an existing or missing account; empty: all accounts. */
    account: text().notNull(),
    /** `address:…` or `device:…`; empty: all addresses. */
    source: text().notNull(),
    fullAt: time().notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.account, t.source] }),
    // Deleting those that are full again.
    index("login_budgets_full_at").on(t.fullAt),
  ],
);

/**
 * One row for each action of a person, a key or the command line; the time is in the id. Rows are never updated, and
 * deleted only by `auth.prune_activity`: triggers of the migration refuse the rest. No foreign keys: history outlives
 * the workspaces and people in it.
 */
export const activity = auth.table(
  "activity",
  {
    id: id(),
    /** Null: about the installation. */
    workspaceId: uuid(),
    actorKind: text({ enum: ["user", "key", "command-line", "nobody"] }).notNull(),
    actorId: uuid(),
    actorName: text().notNull(),
    address: text().notNull(),
    action: text().notNull(),
    subjectId: text(),
    subjectName: text(),
    before: jsonb(),
    after: jsonb(),
    requestId: text(),
  },
  (t) => [
    check("activity_actor", sql`${t.actorKind} in ('user', 'key', 'command-line', 'nobody')`),
    check(
      "activity_bounds",
      sql`length(${t.actorName}) <= 200 and length(${t.address}) <= 100 and length(${t.action}) <= 60
        and length(${t.subjectId}) <= 100 and length(${t.subjectName}) <= 200 and length(${t.requestId}) <= 100
        and length(${t.before}::text) <= 30000 and length(${t.after}::text) <= 30000`,
    ),
    // The log of a workspace, newest first; likewise each of the others.
    index("activity_workspace").on(t.workspaceId, t.id),
    index("activity_actor").on(t.actorId, t.id),
    index("activity_subject").on(t.subjectId, t.id),
    // Also counts the refusals of the last minute.
    index("activity_action").on(t.action, t.id),
    // The command line, and callers without a login.
    index("activity_without_person")
      .on(t.actorKind, t.id)
      .where(sql`${t.actorId} is null`)
      .concurrently(),
  ],
);
