import { answer, inWorkspace } from "../api.ts";
import type { Answer } from "../api_types.ts";

const rules = (workspaceId: string) => answer(inWorkspace(workspaceId)["giving-rules"].get());

export type GivingRules = Answer<typeof rules>["rules"];

/** How conversations that nobody has are given out. */
export const givingRules = {
  get: rules,
  set: (workspaceId: string, body: GivingRules) => answer(inWorkspace(workspaceId)["giving-rules"].put(body)),
};
