import { type Static, Type } from "@sinclair/typebox";
import { IsoTime, listOf, named, Nullable, SentenceCode, Uuid, Words } from "#std";
import { mostPerSecond, usualPerSecond } from "../delivery/mod.ts";

const CheckState = Type.Union([
  Type.Literal("ok"),
  Type.Literal("warning"),
  Type.Literal("failed"),
  Type.Literal("unknown"),
]);
const Check = named("Check", {
  state: CheckState,
  text: Type.String(),
  words: Type.Optional(Nullable(Words)),
});
const Lack = named("LackAtMeta", {
  name: Type.String({ description: "Meta's name of the permission or webhook field", examples: ["feed"] }),
  text: Type.String({ description: "What stops working without it" }),
  words: Type.Optional(Nullable(Words)),
  permissions: Type.Array(Type.String(), {
    description: "One of these permissions provides it; empty: Meta names none",
  }),
});
const CheckWithMissing = named("CheckWithMissing", {
  ...Check.properties,
  missing: Type.Array(Type.String()),
  lacks: Type.Array(Lack, { description: "What is missing, as text" }),
});
const PageFeature = Type.Union(
  [Type.Literal("utility_templates"), Type.Literal("comment_authors"), Type.Literal("contact_languages")],
  {
    description: "A use of the page that needs additional permissions",
  },
);

const Restriction = named("PageRestriction", {
  feature: Type.String({ description: "Meta's name of the feature", examples: ["page_publish"] }),
  text: Type.String({ description: "Meta's restriction and its end" }),
  words: Type.Optional(Nullable(Words)),
  until: Nullable(IsoTime),
  stopsMessages: Type.Boolean(),
});

export type CheckState = Static<typeof CheckState>;

const PageSchema = named("Page", {
  id: Uuid,
  pageId: Type.String(),
  name: Type.String(),
  pictureUrl: Nullable(Type.String()),
  followers: Nullable(Type.Integer()),
  status: Type.Union([
    Type.Literal("connected"),
    Type.Literal("token_dead"),
    Type.Literal("restricted"),
    Type.Literal("disconnected"),
  ]),
  statusReason: Nullable(Type.String()),
  statusReasonWords: Type.Optional(Nullable(Words)),
  connectedAt: IsoTime,
  health: Type.Object({
    token: Check,
    tokenHolder: Type.Union([Type.Literal("person"), Type.Literal("system_user"), Type.Literal("unknown")], {
      description: "Whose login granted the token; unknown: the token was pasted",
    }),
    scopes: CheckWithMissing,
    subscription: CheckWithMissing,
    messengerProfile: Check,
    features: Type.Array(
      Type.Object({
        key: PageFeature,
        name: Type.String(),
        nameCode: Type.Optional(SentenceCode),
        isOn: Type.Boolean({ description: "Its permissions are granted" }),
        missing: Type.Array(Type.String(), { description: "Missing permissions" }),
      }),
      { description: "Uses that need additional permissions; a login with the feature requests them" },
    ),
    reach: Type.Object(Check.properties, {
      description: "Whether webhooks arrive for people without a role in the app",
    }),
    problem: Nullable(
      Type.String({ description: "The reason why the last check or repair failed; null: it succeeded" }),
    ),
    problemWords: Type.Optional(Nullable(Words)),
    /** Conversations from before it was connected, and what no webhook told. */
    history: Check,
    lastEventAt: Nullable(IsoTime),
    lastSendAt: Nullable(IsoTime),
    checkedAt: Nullable(IsoTime),
    humanAgent: Type.Union([Type.Literal("unknown"), Type.Literal("available"), Type.Literal("unavailable")]),
    limits: Type.Object({
      ratePerSecond: Type.Number({
        description:
          "Current limit in messages per second: below the pace for ten minutes after Meta throttles the page",
      }),
      pacePerSecond: Type.Number({ description: "Configured limit in messages per second" }),
      heldReason: Nullable(Type.String()),
      heldReasonWords: Type.Optional(Nullable(Words)),
      isAppHeld: Type.Boolean({ description: "Meta holds the whole app: heldReason applies to all pages" }),
      /** Messages that wait; 1,000 means that many or more. */
      waiting: Type.Integer(),
    }),
    restriction: Nullable(Type.String()),
    restrictionWords: Type.Optional(Nullable(Words)),
    restrictions: Type.Array(Restriction, {
      description: "All of Meta's restrictions on the page, including those that do not stop messages",
    }),
  }),
});

export type Page = Static<typeof PageSchema>;

export const PageResponse = Type.Object({ page: PageSchema });
export const PageList = listOf(PageSchema);
export const LoginUrl = Type.Object({ url: Type.String() });

export const PageChange = Type.Object({
  pacePerSecond: Type.Integer({
    minimum: 1,
    maximum: mostPerSecond,
    description: `Limit in messages per second; ${usualPerSecond} by default. A longer time above 40 can freeze the page's inbox at Meta. Audio and video keep Meta's limit of 10.`,
    examples: [usualPerSecond],
  }),
});

const FacebookId = Type.String({ pattern: "^[0-9]{1,32}$", maxLength: 32, examples: ["104810069068200"] });

export const NewPage = Type.Object({
  pageId: FacebookId,
  accessToken: Type.String({ minLength: 1, maxLength: 2_000 }),
});

export const LoginAnswer = Type.Object({
  code: Type.String({ minLength: 1, maxLength: 2_000 }),
  state: Type.String({ minLength: 1, maxLength: 200 }),
});

/** Additional or alternative permissions of a login. */
export const NewLogin = Type.Object({
  without: Type.Optional(
    Type.Array(Type.String({ maxLength: 60 }), {
      maxItems: 20,
      description: "Permissions to leave out because the app lacks them",
    }),
  ),
  features: Type.Optional(Type.Array(PageFeature, { maxItems: 5, description: "Features to turn on" })),
});

const PermissionHelp = named("PermissionHelp", {
  name: Type.String({ examples: ["pages_messaging"] }),
  need: Type.Union([Type.Literal("required"), Type.Literal("recommended"), Type.Literal("feature")], {
    description:
      "required: no page can be connected without it; feature: requested when the feature is turned on",
  }),
  feature: Nullable(PageFeature),
  purpose: Type.String({ description: "Why the product requests it" }),
  purposeCode: Type.Optional(SentenceCode),
  without: Type.String({ description: "What works and what does not without it" }),
  withoutCode: Type.Optional(SentenceCode),
  howToAdd: Type.String({ description: "How to add it to the app at Meta" }),
  howToAddWords: Type.Optional(Words),
});

export type PermissionHelp = Static<typeof PermissionHelp>;

export const PermissionList = Type.Object({
  permissions: Type.Array(PermissionHelp),
  asksBy: Type.Union([Type.Literal("scope"), Type.Literal("configuration")], {
    description: "configuration: Facebook Login for Business; its configuration lists the permissions",
  }),
  dashboardUrl: Type.String({ description: "The app in Meta's App Dashboard" }),
});

export const LoginPages = named("LoginPages", {
  loginId: Uuid,
  pages: Type.Array(
    Type.Object({
      pageId: Type.String(),
      name: Type.String(),
      pictureUrl: Nullable(Type.String()),
      canMessage: Type.Boolean(),
      problem: Nullable(Type.String()),
      problemWords: Type.Optional(Nullable(Words)),
      caution: Nullable(
        Type.String({
          description: "Why connecting may fail: Meta granted a token, but the role may not suffice",
        }),
      ),
      cautionWords: Type.Optional(Nullable(Words)),
      connected: Type.Boolean(),
    }),
  ),
  missingScopes: Type.Array(Type.String()),
  missing: Type.Array(PermissionHelp, { description: "The same permissions with explanations" }),
});

export type LoginPages = Static<typeof LoginPages>;

export const ChosenPages = Type.Object({
  pageIds: Type.Array(FacebookId, { minItems: 1, maxItems: 50, uniqueItems: true }),
});

export const ConnectedPages = Type.Object({
  items: Type.Array(
    Type.Object({
      pageId: Type.String(),
      page: Nullable(PageSchema),
      problem: Nullable(Type.String()),
      problemWords: Type.Optional(Nullable(Words)),
    }),
  ),
});

export type ConnectedPages = Static<typeof ConnectedPages>;

const DoctorCheck = named("DoctorCheck", {
  key: Type.String(),
  state: CheckState,
  page: Type.Optional(Nullable(Type.String({ description: "The page's name, if the check is about one" }))),
  text: Type.String(),
  words: Type.Optional(Nullable(Words)),
  remedy: Nullable(Type.String()),
  remedyWords: Type.Optional(Nullable(Words)),
  fix: Nullable(
    Type.Object(
      {
        kind: Type.Literal("app-settings"),
        replaces: Nullable(
          Type.String({ description: "The URL of another installation that the fix replaces" }),
        ),
      },
      { description: "What one call can fix; null: nothing" },
    ),
  ),
});

export const DoctorAnswer = Type.Object({ checks: Type.Array(DoctorCheck) });

export const AppSettings = Type.Object({
  checkedAt: Nullable(IsoTime),
  callbackUrl: Nullable(Type.String({ description: "The URL to which Meta sends the app's events" })),
  differences: Type.Array(Type.String(), { description: "Differences from the required settings, as text" }),
  differencesWords: Type.Optional(
    Type.Array(Nullable(Words), {
      description: "The same differences, as codes with values",
    }),
  ),
  version: DoctorCheck,
});

export type AppSettings = Static<typeof AppSettings>;

export const AppSettingsFix = Type.Object({
  replaces: Type.Optional(
    Nullable(
      Type.String({
        maxLength: 2_000,
        description: "The URL of another installation, to confirm its replacement",
      }),
    ),
  ),
});

export type DoctorCheck = Static<typeof DoctorAnswer>["checks"][number];

/** How Meta calls back about a person: one field of a form. */
export const SignedBody = Type.Object(
  { signed_request: Type.String({ minLength: 1, maxLength: 4_000 }) },
  { contentMediaType: "application/x-www-form-urlencoded" },
);

export const DeletionAnswer = Type.Object({ url: Type.String(), confirmation_code: Type.String() });
