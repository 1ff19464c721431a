import { type Static, Type } from "@sinclair/typebox";
import { IsoTime, listOf, named, Nullable, oneOf, pageQuery, Uuid, SentenceCode, Words } from "#std";
import { contactFilters } from "./contact_filter.ts";

/** The allowed messages now: `open` all, `human` only those written by a person, `closed` none. */
export const WindowStateSchema = named("WindowState", {
  state: Type.Union([Type.Literal("open"), Type.Literal("human"), Type.Literal("closed")]),
  until: Nullable(IsoTime),
  reason: Type.String(),
  reasonCode: Type.Optional(SentenceCode),
});

/** A page or a person in short, for lists. */
export const FaceSchema = named("Face", {
  id: Uuid,
  name: Type.String(),
  pictureUrl: Nullable(Type.String()),
});

export const ContactSchema = named("Contact", {
  id: Uuid,
  page: FaceSchema,
  psid: Type.String(),
  name: Type.String(),
  firstName: Nullable(Type.String()),
  lastName: Nullable(Type.String()),
  pictureUrl: Nullable(Type.String()),
  locale: Nullable(Type.String()),
  /** An IANA zone, or hours from UTC as Meta tells them; null: unknown, and the workspace's own counts. */
  timezone: Nullable(Type.String()),
  source: Type.String(),
  subscribed: Type.Boolean(),
  subscriptionReason: Nullable(Type.String()),
  subscriptionReasonWords: Type.Optional(Nullable(Words)),
  subscriptionAt: Nullable(IsoTime),
  unreachableReason: Nullable(Type.String()),
  unreachableReasonWords: Type.Optional(Nullable(Words)),
  blocked: Type.Boolean(),
  window: WindowStateSchema,
  /** When they did something for the first time; null: they came by an import and have done nothing yet. */
  firstSeenAt: Nullable(IsoTime),
  lastInboundAt: Nullable(IsoTime),
  engagement: Type.Union([
    Type.Literal("new"),
    Type.Literal("hot"),
    Type.Literal("warm"),
    Type.Literal("cold"),
    Type.Literal("inactive"),
  ]),
  tagIds: Type.Array(Uuid),
  conversationId: Nullable(Uuid),
  createdAt: IsoTime,
});

export type Contact = Static<typeof ContactSchema>;

/** Custom fields by key; those without a value are left out. */
export const FieldValuesSchema = Type.Record(
  Type.String(),
  Type.Union([Type.String(), Type.Number(), Type.Boolean()]),
);
const ListedContactSchema = named("ListedContact", {
  ...ContactSchema.properties,
  /** Only where `fields=true` asks for them. */
  fields: Type.Optional(FieldValuesSchema),
});
export type ListedContact = Static<typeof ListedContactSchema>;
export const ContactList = listOf(ListedContactSchema);

const sorts = ["newest", "oldest", "name", "lastInteraction"] as const;

const Filters = Type.Object({
  ...contactFilters,
  subscribed: Type.Optional(Type.Union([Type.Literal("true"), Type.Literal("false")])),
  conditions: Type.Optional(
    Type.String({
      maxLength: 20_000,
      description: "A tree of conditions like a segment's, as JSON",
    }),
  ),
});

export const ContactsCountQuery = Filters;
export type ContactsCountQuery = Static<typeof ContactsCountQuery>;
export const ContactsCount = Type.Object({ count: Type.Integer() });

/** How many come without a limit: two screens of them. */
export const usualContacts = 30;

export const ContactsQuery = Type.Composite([
  pageQuery(usualContacts),
  Filters,
  Type.Object({
    sort: Type.Optional(oneOf(sorts)),
    fields: Type.Optional(
      Type.Boolean({ description: "Include the values of custom fields. Default: false" }),
    ),
  }),
]);

export type ContactsQuery = Static<typeof ContactsQuery>;
