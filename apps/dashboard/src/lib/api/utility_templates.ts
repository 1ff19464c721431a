import { allItems, answer, type Answer, inWorkspace, LIST_LIMIT } from "./client.ts";

function of(workspaceId: string) {
  return inWorkspace(workspaceId)["utility-templates"];
}

const list = (
  workspaceId: string,
  query: { search?: string; status?: string; pageId?: string; cursor?: string; limit?: number },
) => answer(of(workspaceId).get({ query: { limit: LIST_LIMIT, ...query } }));
const searchLibrary = (workspaceId: string, query: { search?: string; language?: string }) =>
  answer(of(workspaceId).library.get({ query }));

export type UtilityTemplate = Answer<typeof list>["items"][number];
export type LibraryTemplate = Answer<typeof searchLibrary>["items"][number];
export type NewUtility = Parameters<ReturnType<typeof of>["post"]>[0];
export type CloneUtility = Parameters<ReturnType<typeof of>["clone"]["post"]>[0];

/** Meta's utility templates, as its pages have them. */
export const utilityTemplates = {
  list,
  searchLibrary,
  coverage: (workspaceId: string, query: { name: string; language: string }) =>
    answer(of(workspaceId).coverage.get({ query })),
  create: (workspaceId: string, body: NewUtility) => answer(of(workspaceId).post(body)),
  clone: (workspaceId: string, body: CloneUtility) => answer(of(workspaceId).clone.post(body)),
  refresh: (workspaceId: string) => answer(of(workspaceId).refresh.post({})),
  remove: (workspaceId: string, utilityTemplateId: string) =>
    answer(of(workspaceId)({ utilityTemplateId }).delete()),
};

/** Every template that can be sent, of all pages or of one. */
export async function approvedTemplates(workspaceId: string, pageId?: string): Promise<UtilityTemplate[]> {
  const ofPage = pageId === undefined ? {} : { pageId };
  return await allItems((page) => list(workspaceId, { status: "APPROVED", ...ofPage, ...page }));
}
