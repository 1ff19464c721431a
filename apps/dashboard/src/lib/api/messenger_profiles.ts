import { answer, type Answer, inWorkspace } from "./client.ts";

function of(workspaceId: string, pageId: string) {
  return inWorkspace(workspaceId).pages({ pageId })["messenger-profile"];
}

const read = (workspaceId: string, pageId: string) => answer(of(workspaceId, pageId).get());

/** The draft, and Meta's profile at the last check. */
export type ProfileState = Answer<typeof read>["messengerProfile"];
export type MessengerProfile = ProfileState["profile"];

/** The parts of a page before and beside the thread. */
export const messengerProfiles = {
  get: read,
  save: (workspaceId: string, pageId: string, body: { profile: MessengerProfile; revision: number }) =>
    answer(of(workspaceId, pageId).put(body)),
  publish: (workspaceId: string, pageId: string, body: { revision: number; replace?: boolean }) =>
    answer(of(workspaceId, pageId).publish.post(body)),
  compare: (workspaceId: string, pageId: string) => answer(of(workspaceId, pageId).compare.post()),
};
