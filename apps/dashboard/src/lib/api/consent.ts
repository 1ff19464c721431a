import { answer, type Answer, inWorkspace, LIST_LIMIT } from "./client.ts";

const rules = (workspaceId: string) => answer(inWorkspace(workspaceId)["sending-rules"].get());

export type SendingRules = Answer<typeof rules>["rules"];

export const sendingRules = {
  get: rules,
  set: (workspaceId: string, body: SendingRules) =>
    answer(inWorkspace(workspaceId)["sending-rules"].put(body)),
};

export const suppressions = {
  list: (workspaceId: string, query: { pageId?: string; psid?: string; cursor?: string }) =>
    answer(inWorkspace(workspaceId).suppressions.get({ query: { limit: LIST_LIMIT, ...query } })),
  add: (workspaceId: string, body: { pageId: string; psids: string[]; reason: "manual" | "complaint" }) =>
    answer(inWorkspace(workspaceId).suppressions.post(body)),
  lift: (workspaceId: string, body: { pageId: string; psid: string }) =>
    answer(inWorkspace(workspaceId).suppressions.delete(body)),
};

export type Suppression = Answer<typeof suppressions.list>["items"][number];
