import { type Static, Type } from "@sinclair/typebox";
import { givingRules } from "#db/messaging";
import { named, Nullable, oneOf, Uuid } from "#std";

export const GivingRulesSchema = named("GivingRules", {
  /** off: people take conversations themselves · in_turn: one after the other · fewest_open: whoever has least to do. */
  how: oneOf(givingRules.how.enumValues),
  /** Who gets conversations, in their turn. */
  userIds: Type.Array(Uuid, { maxItems: 100, uniqueItems: true }),
  /** Nobody gets more than so many open ones; what is left waits unassigned. Null: without a limit. */
  mostOpen: Nullable(Type.Integer({ minimum: 1, maximum: 500 })),
});
export type GivingRules = Static<typeof GivingRulesSchema>;

export const GivingRulesResponse = Type.Object({ rules: GivingRulesSchema });
