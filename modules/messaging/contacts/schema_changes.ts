import { type Static, Type } from "@sinclair/typebox";
import { contacts } from "#db/messaging";
import { IsoTime, named, nothingElse, Nullable, oneOf, recordOf, Uuid, Words } from "#std";
import { ContactFilterSchema } from "./contact_filter.ts";
import { ContactSchema, FieldValuesSchema } from "./schema.ts";

const Name = Type.String({ maxLength: 100 });
const Reason = Type.String({ maxLength: 200 });
const TagIds = Type.Array(Uuid, { maxItems: 100, uniqueItems: true });
/** By key; null empties a field. */
const FieldChanges = recordOf(
  Type.String({ pattern: "^[a-z][a-z0-9_]{0,39}$", maxLength: 40 }),
  Nullable(Type.Union([Type.String({ maxLength: 1_000 }), Type.Number(), Type.Boolean()])),
  200,
);

const editable = {
  firstName: Type.Optional(Nullable(Name)),
  lastName: Type.Optional(Nullable(Name)),
  locale: Type.Optional(Nullable(Type.String({ pattern: "^[a-z]{2,3}(_[A-Z]{2})?$", maxLength: 6 }))),
  /** An IANA zone such as Europe/Berlin, or hours from UTC. */
  timezone: Type.Optional(Nullable(Type.String({ minLength: 1, maxLength: 64 }))),
  /** All tags of the contact from now on. */
  tagIds: Type.Optional(TagIds),
  fields: Type.Optional(FieldChanges),
};

export const ContactChange = named(
  "ContactChange",
  {
    ...editable,
    /** Tags to add and to remove, so concurrent changes do not undo each other. */
    addTagIds: Type.Optional(TagIds),
    removeTagIds: Type.Optional(TagIds),
    subscribed: Type.Optional(Type.Boolean()),
    subscriptionReason: Type.Optional(Reason),
    blocked: Type.Optional(Type.Boolean()),
    blockOnFacebook: Type.Optional(
      Type.Boolean({
        description: "With `blocked` true: also blocks the person from the page on Facebook",
      }),
    ),
  },
  { additionalProperties: false, minProperties: 1 },
);

export type ContactChange = Static<typeof ContactChange>;

export const NewContact = named("NewContact", {
  ...editable,
  pageId: Uuid,
  psid: Type.String({ pattern: "^[0-9]{5,32}$", maxLength: 32 }),
});

export type NewContact = Static<typeof NewContact>;

/** A contact with everything known. */
const ContactProfileSchema = named("ContactProfile", {
  ...ContactSchema.properties,
  fields: FieldValuesSchema,
  /** The other contacts of the same person, with their data. */
  samePerson: Type.Array(Type.Object({ ...ContactSchema.properties, fields: FieldValuesSchema })),
  /** On the suppression list: nothing automatic reaches this person. */
  suppressed: Type.Boolean(),
  /** The block at Facebook as far as it was made here: Meta tells of no other. */
  facebookBlock: Nullable(
    Type.Object({
      /** wanted: Facebook has not done it yet, and `error` says why. */
      state: oneOf(contacts.facebookBlock.enumValues),
      at: IsoTime,
      by: Nullable(Type.Object({ id: Uuid, name: Type.String() })),
      error: Nullable(Type.String()),
      errorWords: Type.Optional(Nullable(Words)),
    }),
  ),
});

export type ContactProfile = Static<typeof ContactProfileSchema>;
export const ContactProfileResponse = Type.Object({ contact: ContactProfileSchema });

const picked = (maxItems: number) => Type.Array(Uuid, { minItems: 1, maxItems, uniqueItems: true });

const only = <T extends Parameters<typeof Type.Object>[0]>(properties: T) =>
  Type.Object(properties, nothingElse);

export const BulkActionSchema = Type.Union([
  only({ addTags: picked(20) }),
  only({ removeTags: picked(20) }),
  only({ subscribe: only({ reason: Reason }) }),
  only({ unsubscribe: only({ reason: Reason }) }),
  only({ assign: Nullable(Uuid) }),
  only({ addToSegment: Uuid }),
  only({ delete: Type.Literal(true) }),
]);

export type BulkAction = Static<typeof BulkActionSchema>;

export const BulkRequest = Type.Union([
  only({ contactIds: picked(1_000), action: BulkActionSchema }),
  only({ filter: ContactFilterSchema, action: BulkActionSchema }),
]);

export type BulkRequest = Static<typeof BulkRequest>;

export const MergeRequest = Type.Object({
  /** Other contacts of the same person. */
  contactIds: Type.Array(Uuid, { minItems: 1, maxItems: 19, uniqueItems: true }),
});
