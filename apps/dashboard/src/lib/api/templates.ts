import { answer, type Answer, inWorkspace, LIST_LIMIT } from "./client.ts";

const read = (workspaceId: string, templateId: string) =>
  answer(inWorkspace(workspaceId).templates({ templateId }).get());

export type Template = Answer<typeof read>["template"];
export type Content = Template["content"];
export type ContentButton = NonNullable<Content["buttons"]>[number];
export type ContentCard = NonNullable<Content["cards"]>[number];

const upload = (workspaceId: string, file: File) => answer(inWorkspace(workspaceId).media.post({ file }));

export type MediaFile = Answer<typeof upload>["file"];

export interface TemplateBody {
  name: string;
  category?: string;
  content: Content;
}

export const templates = {
  list: (workspaceId: string, query: { search?: string; cursor?: string }) =>
    answer(inWorkspace(workspaceId).templates.get({ query: { limit: LIST_LIMIT, ...query } })),
  get: read,
  create: (workspaceId: string, body: TemplateBody) => answer(inWorkspace(workspaceId).templates.post(body)),
  change: (workspaceId: string, templateId: string, body: Partial<TemplateBody>) =>
    answer(inWorkspace(workspaceId).templates({ templateId }).patch(body)),
  remove: (workspaceId: string, templateId: string) =>
    answer(inWorkspace(workspaceId).templates({ templateId }).delete()),
  duplicate: (workspaceId: string, templateId: string) =>
    answer(inWorkspace(workspaceId).templates({ templateId }).duplicate.post()),
  preview: (workspaceId: string, body: { content: Content; contactId?: string }, signal?: AbortSignal) =>
    answer(inWorkspace(workspaceId).templates.preview.post(body, signal ? { fetch: { signal } } : {})),
};

export const media = {
  list: (workspaceId: string, query: { type?: MediaFile["type"]; cursor?: string }) =>
    answer(inWorkspace(workspaceId).media.get({ query: { limit: LIST_LIMIT, ...query } })),
  upload,
  remove: (workspaceId: string, mediaFileId: string) =>
    answer(inWorkspace(workspaceId).media({ mediaFileId }).delete()),
};

export const customFields = {
  list: (workspaceId: string) =>
    answer(inWorkspace(workspaceId)["custom-fields"].get({ query: { limit: 100 } })),
};

/** Where this server keeps a library file. */
export function mediaUrl(workspaceId: string, fileId: string): string {
  return `/api/v1/workspaces/${workspaceId}/media/${fileId}/file`;
}
