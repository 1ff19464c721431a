import type { Accent } from "./accents.ts";
import { answer, type Answer, inWorkspace, type List } from "./client.ts";

const PAGE = 100;

const tagPage = (workspaceId: string, page: { cursor?: string }) =>
  answer(inWorkspace(workspaceId).tags.get({ query: { limit: PAGE, ...page } }));
const fieldPage = (workspaceId: string, page: { cursor?: string }) =>
  answer(inWorkspace(workspaceId)["custom-fields"].get({ query: { limit: PAGE, ...page } }));

export type Tag = Answer<typeof tagPage>["items"][number];
export type CustomField = Answer<typeof fieldPage>["items"][number];
export type FieldType = CustomField["type"];

/** All of a list that is small: a workspace has at most 500 tags. */
async function everything<Item>(fetch: (page: { cursor?: string }) => Promise<List<Item>>): Promise<Item[]> {
  let page = await fetch({});
  const items = page.items;
  while (page.nextCursor !== null) {
    page = await fetch({ cursor: page.nextCursor });
    items.push(...page.items);
  }
  return items;
}

export const tags = {
  all: (workspaceId: string): Promise<Tag[]> => everything((page) => tagPage(workspaceId, page)),
  create: (workspaceId: string, body: { name: string; colour: Accent }) =>
    answer(inWorkspace(workspaceId).tags.post(body)),
  change: (workspaceId: string, tagId: string, body: { name?: string; colour?: Accent }) =>
    answer(inWorkspace(workspaceId).tags({ tagId }).patch(body)),
  remove: (workspaceId: string, tagId: string) => answer(inWorkspace(workspaceId).tags({ tagId }).delete()),
};

export const customFields = {
  all: (workspaceId: string): Promise<CustomField[]> => everything((page) => fieldPage(workspaceId, page)),
  create: (workspaceId: string, body: { key: string; label: string; type: FieldType; options?: string[] }) =>
    answer(inWorkspace(workspaceId)["custom-fields"].post(body)),
  change: (workspaceId: string, fieldId: string, body: { label?: string; options?: string[] }) =>
    answer(inWorkspace(workspaceId)["custom-fields"]({ fieldId }).patch(body)),
  remove: (workspaceId: string, fieldId: string) =>
    answer(inWorkspace(workspaceId)["custom-fields"]({ fieldId }).delete()),
};
