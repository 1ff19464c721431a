import { type Static, Type } from "@sinclair/typebox";
import { assignmentRules } from "#db/messaging";
import { named, Nullable, oneOf, Uuid } from "#std";

export const AssignmentRulesSchema = named("AssignmentRules", {
  /** off: people take conversations themselves · in_turn: one after the other · fewest_open: whoever has least to do. */
  how: oneOf(assignmentRules.how.enumValues),
  /** Who gets conversations, in their turn. */
  userIds: Type.Array(Uuid, { maxItems: 100, uniqueItems: true }),
  /** Nobody gets more than so many open ones; what is left waits unassigned. Null: without a limit. */
  mostOpen: Nullable(Type.Integer({ minimum: 1, maximum: 500 })),
});
export type AssignmentRules = Static<typeof AssignmentRulesSchema>;

export const AssignmentRulesResponse = Type.Object({ rules: AssignmentRulesSchema });
