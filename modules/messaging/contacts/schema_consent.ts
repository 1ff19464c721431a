import { type Static, Type } from "@sinclair/typebox";
import { IsoTime, listOf, named, Nullable, PageQuery, Uuid } from "#std";
import { ContentSchema, translationsOf } from "../templates/mod.ts";

const TimeOfDay = Type.String({ pattern: "^([01]\\d|2[0-3]):[0-5]\\d$", maxLength: 5, examples: ["21:30"] });
/** Whole messages; a message of more than thirty characters is never one. */
const Words = Type.Array(Type.String({ minLength: 1, maxLength: 30, pattern: "\\S" }), { maxItems: 50 });

/** The confirmation for a contact who ends or renews consent by a keyword. */
export const ConsentRepliesSchema = named("ConsentReplies", {
  stop: Nullable(ContentSchema),
  start: Nullable(ContentSchema),
  translations: Type.Object(
    { stop: translationsOf(ContentSchema), start: translationsOf(ContentSchema) },
    {
      description:
        "By language tag. A person gets the message of their exact locale, else of its language, else the default",
    },
  ),
});
export type ConsentReplies = Static<typeof ConsentRepliesSchema>;

const SendingRulesSchema = named("SendingRules", {
  timezone: Type.String({
    minLength: 1,
    maxLength: 60,
    pattern: "^[A-Za-z0-9_+/-]+$",
    examples: ["Europe/Berlin"],
  }),
  cap: Nullable(
    Type.Object({
      count: Type.Number({ multipleOf: 1, minimum: 1, maximum: 1_000 }),
      hours: Type.Number({ multipleOf: 1, minimum: 1, maximum: 720 }),
    }),
  ),
  quietHours: Nullable(Type.Object({ from: TimeOfDay, until: TimeOfDay })),
  stopWords: Words,
  startWords: Words,
  consentReplies: ConsentRepliesSchema,
  /** Operators launch campaigns only after a manager's approval. */
  operatorsNeedApproval: Type.Boolean(),
});

export type SendingRules = Static<typeof SendingRulesSchema>;
/** Omitted properties stay, as for clients that do not know them. */
export const SendingRulesBody = Type.Object(
  {
    ...SendingRulesSchema.properties,
    consentReplies: Type.Optional(SendingRulesSchema.properties.consentReplies),
    operatorsNeedApproval: Type.Optional(SendingRulesSchema.properties.operatorsNeedApproval),
  },
  { title: "SendingRulesChange" },
);
export const SendingRulesResponse = Type.Object({ rules: SendingRulesSchema });

const Psid = Type.String({ pattern: "^[0-9]{5,32}$", maxLength: 32 });

const SuppressionSchema = named("Suppression", {
  pageId: Uuid,
  psid: Type.String(),
  reason: Type.Union([
    Type.Literal("stop"),
    Type.Literal("manual"),
    Type.Literal("import"),
    Type.Literal("deleted"),
    Type.Literal("complaint"),
  ]),
  /** The contact, while there is one. */
  contactId: Nullable(Uuid),
  name: Nullable(Type.String()),
  createdAt: IsoTime,
});

export type Suppression = Static<typeof SuppressionSchema>;
export const SuppressionList = listOf(SuppressionSchema);
export const SuppressionsQuery = Type.Composite([
  PageQuery,
  Type.Object({ pageId: Type.Optional(Uuid), psid: Type.Optional(Psid) }),
]);
export const NewSuppressions = named("NewSuppressions", {
  pageId: Uuid,
  psids: Type.Array(Psid, { minItems: 1, maxItems: 1_000, uniqueItems: true }),
  reason: Type.Optional(Type.Union([Type.Literal("manual"), Type.Literal("complaint")])),
});
export const LiftedSuppression = Type.Object({ pageId: Uuid, psid: Psid });
export const ChangedCount = Type.Object({ changed: Type.Integer() });
