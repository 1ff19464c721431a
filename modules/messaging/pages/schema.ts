import { type Static, Type } from "@sinclair/typebox";
import { IsoTime, listOf, named, Nullable, Uuid } from "#std";

const CheckState = Type.Union([
  Type.Literal("ok"),
  Type.Literal("warning"),
  Type.Literal("failed"),
  Type.Literal("unknown"),
]);
const Check = named("Check", { state: CheckState, text: Type.String() });
const CheckWithMissing = named("CheckWithMissing", {
  ...Check.properties,
  missing: Type.Array(Type.String()),
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
    scopes: CheckWithMissing,
    subscription: CheckWithMissing,
    messengerProfile: Check,
    /** Conversations from before it was connected, and what no webhook told. */
    history: Check,
    lastEventAt: Nullable(IsoTime),
    lastSendAt: Nullable(IsoTime),
    checkedAt: Nullable(IsoTime),
    humanAgent: Type.Union([Type.Literal("unknown"), Type.Literal("available"), Type.Literal("unavailable")]),
    limits: Type.Object({
      ratePerSecond: Type.Number(),
      heldReason: Nullable(Type.String()),
      /** Messages that wait; 1,000 means that many or more. */
      waiting: Type.Integer(),
    }),
    restriction: Nullable(Type.String()),
  }),
});

export type Page = Static<typeof PageSchema>;

export const PageResponse = Type.Object({ page: PageSchema });
export const PageList = listOf(PageSchema);
export const LoginUrl = Type.Object({ url: Type.String() });

const FacebookId = Type.String({ pattern: "^[0-9]{1,32}$", maxLength: 32, examples: ["104810069068200"] });

export const NewPage = Type.Object({
  pageId: FacebookId,
  accessToken: Type.String({ minLength: 1, maxLength: 2_000 }),
});

export const LoginAnswer = Type.Object({
  code: Type.String({ minLength: 1, maxLength: 2_000 }),
  state: Type.String({ minLength: 1, maxLength: 200 }),
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
      connected: Type.Boolean(),
    }),
  ),
  missingScopes: Type.Array(Type.String()),
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

export const DoctorAnswer = Type.Object({
  checks: Type.Array(
    Type.Object({
      key: Type.String(),
      state: CheckState,
      text: Type.String(),
      remedy: Nullable(Type.String()),
    }),
  ),
});

export type DoctorCheck = Static<typeof DoctorAnswer>["checks"][number];

/** How Meta calls back about a person: one field of a form. */
export const SignedBody = Type.Object(
  { signed_request: Type.String({ minLength: 1, maxLength: 4_000 }) },
  { contentMediaType: "application/x-www-form-urlencoded" },
);

export const DeletionAnswer = Type.Object({ url: Type.String(), confirmation_code: Type.String() });
