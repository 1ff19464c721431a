import { type Static, Type } from "@sinclair/typebox";
import { IsoTime, listOf, named, Nullable, Uuid } from "#std";
import { mostPerSecond, usualPerSecond } from "../delivery/mod.ts";

const CheckState = Type.Union([
  Type.Literal("ok"),
  Type.Literal("warning"),
  Type.Literal("failed"),
  Type.Literal("unknown"),
]);
const Check = named("Check", { state: CheckState, text: Type.String() });
const Lack = named("LackAtMeta", {
  name: Type.String({ description: "Meta's name of the permission or webhook field", examples: ["feed"] }),
  text: Type.String({ description: "What does not work without it" }),
  permissions: Type.Array(Type.String(), { description: "One of these provides it; none: Meta names none" }),
});
const CheckWithMissing = named("CheckWithMissing", {
  ...Check.properties,
  missing: Type.Array(Type.String()),
  lacks: Type.Array(Lack, { description: "What is missing, in words" }),
});
const PageFeature = Type.Union([Type.Literal("utility_templates"), Type.Literal("comment_authors")], {
  description: "A use of the page that needs permissions of its own",
});

const Restriction = named("PageRestriction", {
  feature: Type.String({ description: "Meta's name of the feature", examples: ["page_publish"] }),
  text: Type.String({ description: "What Meta keeps the page from, and until when" }),
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
  connectedAt: IsoTime,
  health: Type.Object({
    token: Check,
    tokenHolder: Type.Union([Type.Literal("person"), Type.Literal("system_user"), Type.Literal("unknown")], {
      description: "Whose login gave the token; unknown: it was pasted",
    }),
    scopes: CheckWithMissing,
    subscription: CheckWithMissing,
    messengerProfile: Check,
    features: Type.Array(
      Type.Object({
        key: PageFeature,
        name: Type.String(),
        isOn: Type.Boolean({ description: "Its permissions are granted" }),
        missing: Type.Array(Type.String(), { description: "Permissions that it needs and does not have" }),
      }),
      { description: "Uses that need permissions of their own; a login with the feature asks for them" },
    ),
    reach: Type.Object(Check.properties, {
      description: "Whether people without a role on the app are heard",
    }),
    problem: Nullable(Type.String({ description: "Why the last check or repair failed; null: it did not" })),
    /** Conversations from before it was connected, and what no webhook told. */
    history: Check,
    lastEventAt: Nullable(IsoTime),
    lastSendAt: Nullable(IsoTime),
    checkedAt: Nullable(IsoTime),
    humanAgent: Type.Union([Type.Literal("unknown"), Type.Literal("available"), Type.Literal("unavailable")]),
    limits: Type.Object({
      ratePerSecond: Type.Number({
        description:
          "Messages a second now: less than the pace for ten minutes after Meta throttles the page",
      }),
      pacePerSecond: Type.Number({ description: "Messages a second that the page sends at most, as set" }),
      heldReason: Nullable(Type.String()),
      isAppHeld: Type.Boolean({ description: "Meta holds the whole app: heldReason is that of every page" }),
      /** Messages that wait; 1,000 means that many or more. */
      waiting: Type.Integer(),
    }),
    restriction: Nullable(Type.String()),
    restrictions: Type.Array(Restriction, {
      description: "Everything that Meta keeps the page from, also what does not stop messages",
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
    description: `Messages a second that the page sends at most; ${usualPerSecond} until it is changed. More than 40 for long can freeze the page's inbox at Meta. Audio and video keep Meta's limit of 10.`,
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

/** What a login asks for beside or instead of the usual. */
export const NewLogin = Type.Object({
  without: Type.Optional(
    Type.Array(Type.String({ maxLength: 60 }), {
      maxItems: 20,
      description: "Permissions to leave out, as the app does not have them",
    }),
  ),
  features: Type.Optional(Type.Array(PageFeature, { maxItems: 5, description: "Features to turn on" })),
});

const PermissionHelp = named("PermissionHelp", {
  name: Type.String({ examples: ["pages_messaging"] }),
  need: Type.Union([Type.Literal("required"), Type.Literal("recommended"), Type.Literal("feature")], {
    description:
      "required: no page is connected without it; feature: asked for when the feature is turned on",
  }),
  feature: Nullable(PageFeature),
  purpose: Type.String({ description: "Why the product asks for it" }),
  without: Type.String({ description: "What works, and what does not, while it is missing" }),
  howToAdd: Type.String({ description: "How to add it to the app at Meta" }),
});

export type PermissionHelp = Static<typeof PermissionHelp>;

export const PermissionList = Type.Object({
  permissions: Type.Array(PermissionHelp),
  asksBy: Type.Union([Type.Literal("scope"), Type.Literal("configuration")], {
    description: "configuration: Facebook Login for Business, where the configuration names the permissions",
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
      caution: Nullable(
        Type.String({
          description: "Why connecting may fail: Meta gave a token, and the role looks too small",
        }),
      ),
      connected: Type.Boolean(),
    }),
  ),
  missingScopes: Type.Array(Type.String()),
  missing: Type.Array(PermissionHelp, { description: "The same permissions, explained" }),
});

export type LoginPages = Static<typeof LoginPages>;

export const ChosenPages = Type.Object({
  pageIds: Type.Array(FacebookId, { minItems: 1, maxItems: 50, uniqueItems: true }),
});

export const ConnectedPages = Type.Object({
  items: Type.Array(
    Type.Object({ pageId: Type.String(), page: Nullable(PageSchema), problem: Nullable(Type.String()) }),
  ),
});

export type ConnectedPages = Static<typeof ConnectedPages>;

const DoctorCheck = named("DoctorCheck", {
  key: Type.String(),
  state: CheckState,
  text: Type.String(),
  remedy: Nullable(Type.String()),
  fix: Nullable(
    Type.Object(
      {
        kind: Type.Literal("app-settings"),
        replaces: Nullable(
          Type.String({ description: "The address of another installation that the fix replaces" }),
        ),
      },
      { description: "What one call can set right; null: nothing" },
    ),
  ),
});

export const DoctorAnswer = Type.Object({ checks: Type.Array(DoctorCheck) });

export const AppSettings = Type.Object({
  checkedAt: Nullable(IsoTime),
  callbackUrl: Nullable(Type.String({ description: "Where Meta sends the app's events" })),
  differences: Type.Array(Type.String(), { description: "What differs from what is needed, in words" }),
  version: DoctorCheck,
});

export type AppSettings = Static<typeof AppSettings>;

export const AppSettingsFix = Type.Object({
  replaces: Type.Optional(
    Nullable(
      Type.String({
        maxLength: 2_000,
        description: "The address of another installation, to confirm that it is replaced",
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
