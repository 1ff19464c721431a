import { answer, type Answer, inWorkspace } from "./client.ts";

const read = (workspaceId: string, pageId: string) =>
  answer(inWorkspace(workspaceId).pages({ pageId }).replies.get());

export type PageReplies = Answer<typeof read>["replies"];
export type BusinessHours = NonNullable<PageReplies["businessHours"]>;

export const pageReplies = {
  get: read,
  set: (workspaceId: string, pageId: string, body: PageReplies) =>
    answer(inWorkspace(workspaceId).pages({ pageId }).replies.put(body)),
};
