import { type Static, Type } from "@sinclair/typebox";
import { assignmentRules } from "#db/messaging";
import { named, Nullable, oneOf, Uuid } from "#std";

export const AssignmentRulesSchema = named("AssignmentRules", {
  /** off: members take conversations themselves · in_turn: round robin · fewest_open: to the least busy member. */
  how: oneOf(assignmentRules.how.enumValues),
  /** The members in turn. */
  userIds: Type.Array(Uuid, { maxItems: 100, uniqueItems: true }),
  /** The open conversation limit per member; the rest stays unassigned. Null: unlimited. */
  mostOpen: Nullable(Type.Integer({ minimum: 1, maximum: 500 })),
});
export type AssignmentRules = Static<typeof AssignmentRulesSchema>;

export const AssignmentRulesResponse = Type.Object({ rules: AssignmentRulesSchema });
