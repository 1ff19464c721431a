import { answer, inWorkspace, LIST_LIMIT } from "../api.ts";
import type { Answer } from "../api_types.ts";

const one = (workspaceId: string, sequenceId: string) => inWorkspace(workspaceId).sequences({ sequenceId });
const read = (workspaceId: string, sequenceId: string) => answer(one(workspaceId, sequenceId).get());

export type Sequence = Answer<typeof read>["sequence"];
export type SequenceStatus = Sequence["status"];
export type Step = Sequence["steps"][number];
export type StepCondition = NonNullable<Step["condition"]>;
export type Trigger = NonNullable<Sequence["trigger"]>;
export type TriggerKind = Trigger["kind"];
export type SequenceBody = Pick<Sequence, "name" | "steps" | "trigger" | "exit">;

export const sequences = {
  list: (workspaceId: string, query: { search?: string; cursor?: string }) =>
    answer(inWorkspace(workspaceId).sequences.get({ query: { limit: LIST_LIMIT, ...query } })),
  get: read,
  create: (workspaceId: string, body: SequenceBody) => answer(inWorkspace(workspaceId).sequences.post(body)),
  change: (workspaceId: string, sequenceId: string, body: SequenceBody) =>
    answer(one(workspaceId, sequenceId).patch(body)),
  remove: (workspaceId: string, sequenceId: string) => answer(one(workspaceId, sequenceId).delete()),
  start: (workspaceId: string, sequenceId: string) => answer(one(workspaceId, sequenceId).start.post()),
  pause: (workspaceId: string, sequenceId: string) => answer(one(workspaceId, sequenceId).pause.post()),
  stop: (workspaceId: string, sequenceId: string) => answer(one(workspaceId, sequenceId).stop.post()),
  results: (workspaceId: string, sequenceId: string) => answer(one(workspaceId, sequenceId).results.get()),
  people: (
    workspaceId: string,
    sequenceId: string,
    query: { status?: "active" | "finished" | "exited" | "removed"; cursor?: string },
  ) => answer(one(workspaceId, sequenceId).people.get({ query: { limit: LIST_LIMIT, ...query } })),
  enrol: (workspaceId: string, sequenceId: string, whom: { contactIds: string[] } | { segmentId: string }) =>
    answer(one(workspaceId, sequenceId).people.post(whom)),
  removePerson: (workspaceId: string, sequenceId: string, enrolmentId: string) =>
    answer(one(workspaceId, sequenceId).people({ enrolmentId }).delete()),
};

export type StepResult = Answer<typeof sequences.results>["steps"][number];
export type Enrolment = Answer<typeof sequences.people>["items"][number];
