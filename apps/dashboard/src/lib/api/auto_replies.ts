import { answer, type Answer, inWorkspace } from "./client.ts";

const read = (workspaceId: string, pageId: string) =>
  answer(inWorkspace(workspaceId).pages({ pageId })["auto-replies"].get());

export type AutoReplies = Answer<typeof read>["replies"];
export type BusinessHours = NonNullable<AutoReplies["businessHours"]>;

export const autoReplies = {
  get: read,
  set: (workspaceId: string, pageId: string, body: AutoReplies) =>
    answer(inWorkspace(workspaceId).pages({ pageId })["auto-replies"].put(body)),
};
