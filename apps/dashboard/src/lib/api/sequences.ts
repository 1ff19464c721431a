import { answer, type Answer, inWorkspace, LIST_LIMIT, type PageOf } from "./client.ts";

const one = (workspaceId: string, sequenceId: string) => inWorkspace(workspaceId).sequences({ sequenceId });
const readResults = (workspaceId: string, sequenceId: string) =>
  answer(one(workspaceId, sequenceId).results.get());
const read = (workspaceId: string, sequenceId: string) => answer(one(workspaceId, sequenceId).get());

export type Sequence = Answer<typeof read>["sequence"];
export type StepResult = Answer<typeof readResults>["steps"][number];
export type SequenceStatus = Sequence["status"];
export type Step = Sequence["steps"][number];
export type StepCondition = NonNullable<Step["condition"]>;
export type Trigger = NonNullable<Sequence["trigger"]>;
export type TriggerKind = Trigger["kind"];
export type SequenceBody = Pick<Sequence, "name" | "steps" | "trigger" | "exit">;

export const sequences = {
  list: (workspaceId: string, query: { search?: string; cursor?: string; archived?: boolean }) =>
    answer(inWorkspace(workspaceId).sequences.get({ query: { limit: LIST_LIMIT, ...query } })),
  get: read,
  create: (workspaceId: string, body: SequenceBody) => answer(inWorkspace(workspaceId).sequences.post(body)),
  change: (workspaceId: string, sequenceId: string, body: SequenceBody) =>
    answer(one(workspaceId, sequenceId).patch(body)),
  duplicate: (workspaceId: string, sequenceId: string) =>
    answer(one(workspaceId, sequenceId).duplicate.post()),
  remove: (workspaceId: string, sequenceId: string) => answer(one(workspaceId, sequenceId).delete()),
  start: (workspaceId: string, sequenceId: string) => answer(one(workspaceId, sequenceId).start.post()),
  pause: (workspaceId: string, sequenceId: string) => answer(one(workspaceId, sequenceId).pause.post()),
  stop: (workspaceId: string, sequenceId: string) => answer(one(workspaceId, sequenceId).stop.post()),
  archive: (workspaceId: string, sequenceId: string) => answer(one(workspaceId, sequenceId).archive.post()),
  unarchive: (workspaceId: string, sequenceId: string) =>
    answer(one(workspaceId, sequenceId).unarchive.post()),
  test: (
    workspaceId: string,
    { sequenceId, step }: { sequenceId: string; step: number },
    contactId: string,
  ) => answer(one(workspaceId, sequenceId).steps({ step }).test.post({ contactId })),
  results: readResults,
  stepMessages: (
    workspaceId: string,
    { sequenceId, step }: { sequenceId: string; step: number },
    query: Pick<StepResult["reasons"][number], "state" | "reason"> & PageOf,
  ) =>
    answer(
      one(workspaceId, sequenceId)
        .steps({ step })
        .messages.get({ query: { limit: LIST_LIMIT, ...query } }),
    ),
  enrolments: (
    workspaceId: string,
    sequenceId: string,
    query: { status?: "active" | "finished" | "exited" | "removed"; cursor?: string },
  ) => answer(one(workspaceId, sequenceId).enrolments.get({ query: { limit: LIST_LIMIT, ...query } })),
  enrol: (workspaceId: string, sequenceId: string, whom: { contactIds: string[] } | { segmentId: string }) =>
    answer(one(workspaceId, sequenceId).enrolments.post(whom)),
  removeEnrolment: (workspaceId: string, sequenceId: string, enrolmentId: string) =>
    answer(one(workspaceId, sequenceId).enrolments({ enrolmentId }).delete()),
};

export type Enrolment = Answer<typeof sequences.enrolments>["items"][number];
