import { answer, type Answer, inWorkspace } from "./client.ts";

const rules = (workspaceId: string) => answer(inWorkspace(workspaceId)["assignment-rules"].get());

export type AssignmentRules = Answer<typeof rules>["rules"];

/** How unassigned conversations are assigned. */
export const assignmentRules = {
  get: rules,
  set: (workspaceId: string, body: AssignmentRules) =>
    answer(inWorkspace(workspaceId)["assignment-rules"].put(body)),
};
