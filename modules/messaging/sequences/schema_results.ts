import { type Static, Type } from "@sinclair/typebox";
import { oneOf, PageQuery, SentenceCode } from "#std";
import { WantedStateSchema } from "../campaign_results/mod.ts";

const Count = Type.Number({ minimum: 0 });

const StepResult = Type.Object({
  step: Count,
  /**
   * Times that contacts came to this step: they wait for it, left before its message, or passed it. Those who left
   * before steps were added, moved or removed count at the place that their step had then.
   */
  entered: Count,
  /** Contacts whose delay before this step runs. */
  waiting: Count,
  /** Times that contacts left the sequence, or were removed, before this step. */
  left: Count,
  queued: Count,
  sent: Count,
  delivered: Count,
  read: Count,
  /** People who wrote within three days; an answer is credited to the newest campaign or sequence message before it. */
  replied: Count,
  clicked: Count,
  failed: Count,
  skipped: Count,
  cancelled: Count,
  unknown: Count,
  /** Why messages were not sent. */
  reasons: Type.Array(
    Type.Object({
      state: oneOf(["failed", "skipped", "cancelled"]),
      reason: Type.String(),
      title: Type.String(),
      titleCode: Type.Optional(SentenceCode),
      count: Count,
    }),
  ),
});
export type StepResult = Static<typeof StepResult>;

/** Outcomes of each step's messages. */
export const StepResults = Type.Object({ steps: Type.Array(StepResult) });

export const StepMessagesQuery = Type.Composite([
  PageQuery,
  Type.Object({
    state: Type.Optional(WantedStateSchema),
    reason: Type.Optional(Type.String({ maxLength: 100 })),
  }),
]);
export type StepMessagesQuery = Static<typeof StepMessagesQuery>;
