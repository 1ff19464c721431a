import { type Static, Type } from "@sinclair/typebox";
import { IsoTime, listOf, named, Nullable, PageQuery, Uuid } from "#std";
import { ConditionsSchema } from "../conditions/mod.ts";

const Name = Type.String({ minLength: 1, maxLength: 100, pattern: "\\S" });
const Kind = Type.Union([Type.Literal("dynamic"), Type.Literal("static")]);
const ContactIds = Type.Array(Uuid, { minItems: 1, maxItems: 1_000, uniqueItems: true });

const SegmentSchema = named("Segment", {
  id: Uuid,
  name: Type.String(),
  kind: Kind,
  /** Null for a static one. */
  conditions: Nullable(ConditionsSchema),
  createdAt: IsoTime,
  updatedAt: IsoTime,
});

export type Segment = Static<typeof SegmentSchema>;

export const SegmentResponse = Type.Object({ segment: SegmentSchema });
/** With how many people are in it now. */
export const CountedSegmentResponse = Type.Object({
  segment: Type.Composite([SegmentSchema, Type.Object({ count: Type.Integer() })]),
});
export const SegmentList = listOf(SegmentSchema);
export const SegmentsQuery = Type.Composite([
  PageQuery,
  Type.Object({ search: Type.Optional(Type.String({ maxLength: 100 })) }),
]);

/** Dynamic with conditions, or static with picked people. */
export const NewSegment = Type.Union([
  Type.Object({ name: Name, kind: Type.Literal("dynamic"), conditions: ConditionsSchema }),
  Type.Object({ name: Name, kind: Type.Literal("static"), contactIds: Type.Optional(ContactIds) }),
]);

export type NewSegment = Static<typeof NewSegment>;

export const SegmentChange = Type.Object(
  { name: Type.Optional(Name), conditions: Type.Optional(ConditionsSchema) },
  { additionalProperties: false, minProperties: 1 },
);

export type SegmentChange = Static<typeof SegmentChange>;

export const SegmentConditions = Type.Object({ conditions: ConditionsSchema });
export const SegmentCount = Type.Object({ count: Type.Integer() });
export const SegmentMembers = Type.Object({ contactIds: ContactIds });
export const ChangedCount = Type.Object({ changed: Type.Integer() });
export const Deleted = Type.Object({ deleted: Type.Literal(true) });
