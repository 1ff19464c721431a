import { answer, inWorkspace } from "./client.ts";

export type PageFeature = "utility_templates" | "comment_authors" | "contact_languages";

/** Permissions that a login requests in addition to or instead of the usual ones. */
export interface LoginWishes {
  without?: string[];
  features?: PageFeature[];
}

export const pages = {
  list: (workspaceId: string) => answer(inWorkspace(workspaceId).pages.get()),
  connect: (workspaceId: string, body: { pageId: string; accessToken: string }) =>
    answer(inWorkspace(workspaceId).pages.post(body)),
  disconnect: (workspaceId: string, pageId: string) =>
    answer(inWorkspace(workspaceId).pages({ pageId }).delete()),
  change: (workspaceId: string, pageId: string, body: { pacePerSecond: number }) =>
    answer(inWorkspace(workspaceId).pages({ pageId }).patch(body)),
  check: (workspaceId: string, pageId: string) =>
    answer(inWorkspace(workspaceId).pages({ pageId }).check.post()),
  repair: (workspaceId: string, pageId: string) =>
    answer(inWorkspace(workspaceId).pages({ pageId }).repair.post()),
  startLogin: (workspaceId: string, wishes: LoginWishes = {}) =>
    answer(inWorkspace(workspaceId).pages.login.post(wishes)),
  permissions: (workspaceId: string) => answer(inWorkspace(workspaceId).pages.permissions.get()),
  appSettings: (workspaceId: string) => answer(inWorkspace(workspaceId).pages["app-settings"].get()),
  fixAppSettings: (workspaceId: string, replaces: string | null) =>
    answer(inWorkspace(workspaceId).pages["app-settings"].post({ replaces })),
  finishLogin: (workspaceId: string, body: { code: string; state: string }) =>
    answer(inWorkspace(workspaceId).pages.login.finish.post(body)),
  connectFromLogin: (workspaceId: string, loginId: string, pageIds: string[]) =>
    answer(inWorkspace(workspaceId).pages.login({ loginId }).connect.post({ pageIds })),
  doctor: (workspaceId: string) => answer(inWorkspace(workspaceId).pages.doctor.get()),
};
