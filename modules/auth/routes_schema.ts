import { t } from "elysia";
import { IsoTime, named, Nullable, oneOf, Uuid } from "#std";
import type { User as UserRow } from "./user_store.ts";
import { emailPattern, longestEmail } from "./email.ts";

export const Email = t.String({
  pattern: emailPattern,
  maxLength: longestEmail,
  examples: ["ana@example.com"],
});

/** One visible line: spaces and at least one other character, no control characters. */
export const Name = t.String({
  pattern: "^[^\\S\\u0000-\\u001f\\u007f]*[^\\s\\u0000-\\u001f\\u007f][^\\u0000-\\u001f\\u007f]*$",
  maxLength: 80,
});

/** Only as long as is sane; the rules for new ones are the domain's. */
export const Password = t.String({ minLength: 1, maxLength: 200 });

/** Behind `#token=` in a mailed link. */
export const LinkToken = t.String({ maxLength: 100, description: "Behind `#token=` in the link" });

const accents = ["blue", "indigo", "violet", "rose", "orange", "green", "teal", "slate"] as const;

export const Accent = oneOf(accents);

export const Role = t.Union([
  t.Literal("owner"),
  t.Literal("manager"),
  t.Literal("operator"),
  t.Literal("viewer"),
]);

export const User = named("User", {
  id: Uuid,
  email: t.String(),
  name: t.String(),
  isOwner: t.Boolean(),
  language: Nullable(
    t.String({
      description: "Language of the dashboard and of mail, for instance `es`; null: the browser's.",
    }),
  ),
  timeZone: Nullable(
    t.String({
      description: "IANA time zone of displayed times, for instance `Europe/Berlin`; null: the browser's.",
    }),
  ),
  createdAt: IsoTime,
});

export const userView = (user: UserRow) => ({ ...user, createdAt: user.createdAt.toISOString() });
export const SignedIn = t.Object({ user: User, accessToken: t.String() });

export const Session = named("Session", {
  id: Uuid,
  browser: Nullable(t.String({ description: "For instance `Firefox`; null if the client did not say." })),
  system: Nullable(t.String({ description: "For instance `Windows`; null if the client did not say." })),
  address: t.String({ description: "The IP address of the login." }),
  startedAt: IsoTime,
  lastSeenAt: IsoTime,
  expiresAt: IsoTime,
  isCurrent: t.Boolean({ description: "Whether this request belongs to it." }),
});

const accessKinds = ["all", "pages", "assigned"] as const;

/** What a member sees of a workspace. */
export const Access = named("Access", {
  kind: oneOf(accessKinds, {
    description: "Everything, the pages of `pageIds`, or only conversations assigned to the member",
  }),
  pageIds: t.Array(Uuid, {
    maxItems: 200,
    uniqueItems: true,
    description: "Of the workspace; at least one with `pages`, else empty",
  }),
});

export const Workspace = named("Workspace", {
  id: Uuid,
  name: t.String(),
  accent: t.String(),
  /** Since when it is switched off, and sends nothing. */
  disabledAt: Nullable(IsoTime),
  isDemo: t.Boolean({
    description:
      "The demo workspace: its contacts, conversations and campaigns are invented. It is always disabled.",
  }),
  role: Role,
  access: oneOf(accessKinds, {
    description:
      "What you see of it: `all`, the chosen `pages`, or conversations `assigned` to you. Whatever concerns the whole workspace needs `all`.",
  }),
  permissions: t.Array(t.String()),
  createdAt: IsoTime,
});

export const Member = named("Member", { id: Uuid, name: t.String(), email: t.String(), role: Role });
