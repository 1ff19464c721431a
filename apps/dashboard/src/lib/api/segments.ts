import { answer, type Answer, inWorkspace, LIST_LIMIT } from "./client.ts";

const read = (workspaceId: string, segmentId: string) =>
  answer(inWorkspace(workspaceId).segments({ segmentId }).get());

/** A segment with how many people are in it now. */
export type CountedSegment = Answer<typeof read>["segment"];
export type Conditions = NonNullable<CountedSegment["conditions"]>;
export type Condition = Exclude<Conditions["conditions"][number], { match: string }>;

export interface SegmentBody {
  name: string;
  kind: "dynamic";
  conditions: Conditions;
}

export const segments = {
  list: (workspaceId: string, query: { search?: string; cursor?: string }) =>
    answer(inWorkspace(workspaceId).segments.get({ query: { limit: LIST_LIMIT, ...query } })),
  get: read,
  create: (workspaceId: string, body: SegmentBody) => answer(inWorkspace(workspaceId).segments.post(body)),
  change: (workspaceId: string, segmentId: string, body: { name?: string; conditions?: Conditions }) =>
    answer(inWorkspace(workspaceId).segments({ segmentId }).patch(body)),
  remove: (workspaceId: string, segmentId: string) =>
    answer(inWorkspace(workspaceId).segments({ segmentId }).delete()),
  duplicate: (workspaceId: string, segmentId: string) =>
    answer(inWorkspace(workspaceId).segments({ segmentId }).duplicate.post()),
  count: (workspaceId: string, conditions: Conditions, signal: AbortSignal) =>
    answer(inWorkspace(workspaceId).segments.count.post({ conditions }, { fetch: { signal } })),
  preview: (workspaceId: string, conditions: Conditions, signal: AbortSignal) =>
    answer(inWorkspace(workspaceId).segments.preview.post({ conditions }, { fetch: { signal } })),
};

export type Segment = Answer<typeof segments.list>["items"][number];
