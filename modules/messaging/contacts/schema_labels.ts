import { type Static, Type } from "@sinclair/typebox";
import { customFields } from "#db/messaging";
import { listOf, named, oneOf, Uuid } from "#std";

/** Names that people type: something to see, and nothing that Postgres cannot hold. */
const label = (maxLength: number) => Type.String({ minLength: 1, maxLength, pattern: "\\S" });

const colours = ["blue", "indigo", "violet", "rose", "orange", "green", "teal", "slate"] as const;
/** The dashboard's palette. */
const Colour = oneOf(colours);

const TagSchema = named("Tag", { id: Uuid, name: Type.String(), colour: Type.String() });
export type Tag = Static<typeof TagSchema>;
export const TagResponse = Type.Object({ tag: TagSchema });
export const TagList = listOf(TagSchema);
export const NewTag = named("NewTag", {
  name: label(50),
  /** slate, unless given. */
  colour: Type.Optional(Colour),
});
export type NewTag = Static<typeof NewTag>;
export const TagChange = Type.Partial(NewTag, {
  additionalProperties: false,
  minProperties: 1,
  title: "TagChange",
});
export type TagChange = Static<typeof TagChange>;

export const FieldType = oneOf(customFields.type.enumValues);
export type FieldType = Static<typeof FieldType>;

const Options = Type.Array(label(100), { minItems: 1, maxItems: 50, uniqueItems: true });

const CustomFieldSchema = named("CustomField", {
  id: Uuid,
  key: Type.String({ description: "The key in {{custom.key}}" }),
  label: Type.String(),
  type: FieldType,
  options: Type.Array(Type.String()),
});
export type CustomField = Static<typeof CustomFieldSchema>;
export const CustomFieldResponse = Type.Object({ field: CustomFieldSchema });
export const CustomFieldList = listOf(CustomFieldSchema);
export const NewCustomField = named("NewCustomField", {
  key: Type.String({ pattern: "^[a-z][a-z0-9_]{0,39}$", maxLength: 40 }),
  label: label(60),
  type: FieldType,
  options: Type.Optional(Options),
});
export type NewCustomField = Static<typeof NewCustomField>;
export const CustomFieldChange = Type.Object(
  { label: Type.Optional(label(60)), options: Type.Optional(Options) },
  { additionalProperties: false, minProperties: 1 },
);
export type CustomFieldChange = Static<typeof CustomFieldChange>;

export const Deleted = Type.Object({ deleted: Type.Literal(true) });
