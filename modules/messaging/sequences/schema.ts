import { type Static, Type } from "@sinclair/typebox";
import { IsoTime, listOf, named, Nullable, oneOf, PageQuery, Uuid, Words } from "#std";
import { ContentSchema } from "../templates/mod.ts";

/** When a step is sent; without one it always is. `since` the message before it. */
const StepConditionSchema = Type.Union(
  [
    Type.Object({
      kind: Type.Union([Type.Literal("replied"), Type.Literal("clicked")]),
      not: Type.Boolean(),
    }),
    Type.Object({ kind: Type.Literal("has_tag"), not: Type.Boolean(), tagId: Uuid }),
  ],
  { title: "StepCondition" },
);

export type StepCondition = Static<typeof StepConditionSchema>;

const yearSeconds = 365 * 24 * 3_600;

const SequenceStepSchema = named("SequenceStep", {
  /** After the step before it; of the first, after the start. */
  delaySeconds: Type.Integer({ minimum: 0, maximum: yearSeconds }),
  condition: Nullable(StepConditionSchema),
  content: ContentSchema,
});

/** The automatic trigger of enrollments. */
export const TriggerSchema = Type.Intersect(
  [
    Type.Object({
      pageIds: Type.Array(Uuid, { maxItems: 100, description: "Only on these pages; empty: on all." }),
      cooldownSeconds: Type.Integer({ minimum: 0, maximum: yearSeconds }),
      maxPerContact: Type.Integer({ minimum: 1, maximum: 30 }),
    }),
    Type.Union([
      Type.Object({ kind: Type.Literal("new_contact") }),
      Type.Object({ kind: Type.Literal("tag_added"), tagId: Uuid }),
      Type.Object({
        kind: Type.Literal("field_matches"),
        fieldId: Uuid,
        value: Type.Union([Type.String({ maxLength: 1_000 }), Type.Number(), Type.Boolean()]),
      }),
      Type.Object({
        kind: Type.Literal("keyword"),
        words: Type.Array(Type.String({ minLength: 1, maxLength: 100 }), { minItems: 1, maxItems: 50 }),
        how: Type.Union([Type.Literal("is"), Type.Literal("contains")]),
      }),
      Type.Object({
        kind: Type.Literal("postback"),
        payload: Type.String({ minLength: 1, maxLength: 1_000 }),
      }),
      Type.Object({ kind: Type.Literal("inactivity"), days: Type.Integer({ minimum: 1, maximum: 365 }) }),
      Type.Object({ kind: Type.Literal("inactivity"), hours: Type.Integer({ minimum: 1, maximum: 8_760 }) }),
    ]),
  ],
  { title: "Trigger" },
);

export type Trigger = Static<typeof TriggerSchema>;

const ExitSchema = named("SequenceExit", {
  onReply: Type.Boolean(),
  onClick: Type.Boolean(),
  onTagId: Nullable(Uuid),
});

/** The author's input, in `campaigns.draft`. */
export const SequenceDraftSchema = Type.Object({
  steps: Type.Array(SequenceStepSchema, { minItems: 1, maxItems: 50 }),
  trigger: Nullable(TriggerSchema),
  exit: ExitSchema,
});

export type SequenceDraft = Static<typeof SequenceDraftSchema>;

const Name = Type.String({ minLength: 1, maxLength: 120, pattern: "\\S" });

export const NewSequence = named("NewSequence", { name: Name, ...SequenceDraftSchema.properties });
export type NewSequence = Static<typeof NewSequence>;
export const SequenceChange = Type.Partial(NewSequence, { title: "SequenceChange" });
export type SequenceChange = Static<typeof SequenceChange>;

const Count = Type.Number({ minimum: 0 });

const SequenceSchema = named("Sequence", {
  id: Uuid,
  name: Type.String(),
  status: oneOf(["draft", "running", "paused", "cancelled"]),
  statusReason: Nullable(Type.String()),
  statusReasonWords: Type.Optional(Nullable(Words)),
  ...SequenceDraftSchema.properties,
  people: Type.Object({ active: Count, finished: Count, exited: Count, removed: Count }),
  /** Messages sent by all of its steps. */
  sent: Count,
  createdAt: IsoTime,
  launchedAt: Nullable(IsoTime),
  archivedAt: Nullable(IsoTime),
});

export type Sequence = Static<typeof SequenceSchema>;

export const SequenceResponse = Type.Object({ sequence: SequenceSchema });
export const SequenceList = listOf(SequenceSchema);

export const SequencesQuery = Type.Composite([
  PageQuery,
  Type.Object({
    search: Type.Optional(Type.String({ maxLength: 120 })),
    archived: Type.Optional(Type.Boolean({ default: false })),
  }),
]);

const EnrolmentSchema = named("Enrolment", {
  id: Uuid,
  contact: Type.Object({ id: Uuid, name: Type.String(), pageId: Uuid }),
  status: Type.Union([
    Type.Literal("active"),
    Type.Literal("finished"),
    Type.Literal("exited"),
    Type.Literal("removed"),
  ]),
  exitReason: Nullable(Type.String()),
  nextStep: Type.Number(),
  dueAt: IsoTime,
  startedAt: IsoTime,
  endedAt: Nullable(IsoTime),
});

export const EnrolmentList = listOf(EnrolmentSchema);
export const EnrolmentsQuery = Type.Composite([
  PageQuery,
  Type.Object({ status: Type.Optional(EnrolmentSchema.properties.status) }),
]);
export type EnrolmentsQuery = Static<typeof EnrolmentsQuery>;

/** Contacts to enrol by hand in a running sequence. */
export const Enrol = Type.Union([
  Type.Object({ contactIds: Type.Array(Uuid, { minItems: 1, maxItems: 1_000 }) }),
  Type.Object({ segmentId: Uuid }),
]);
export type Enrol = Static<typeof Enrol>;
