import { answer, type Answer, inWorkspace } from "./client.ts";

const read = (workspaceId: string, pageId: string) =>
  answer(inWorkspace(workspaceId).pages({ pageId })["auto-replies"].get());

export type AutoReplies = Answer<typeof read>["replies"];
/** Translations that are left out stay as they are. */
export type AutoRepliesChange = Omit<AutoReplies, "translations"> &
  Partial<Pick<AutoReplies, "translations">>;
export type BusinessHours = NonNullable<AutoReplies["businessHours"]>;

export const autoReplies = {
  get: read,
  set: (workspaceId: string, pageId: string, body: AutoRepliesChange) =>
    answer(inWorkspace(workspaceId).pages({ pageId })["auto-replies"].put(body)),
};
