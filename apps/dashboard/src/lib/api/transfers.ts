import { answer, type Answer, inWorkspace, LIST_LIMIT } from "./client.ts";
import type { ContactFilter } from "./contacts.ts";
import { ApiError, fetchSignedIn, readProblem } from "./request.ts";
import { loadServerWords } from "./server_words.ts";

const read = (workspaceId: string, transferId: string) =>
  answer(inWorkspace(workspaceId).contacts.transfers({ transferId }).get());

export type Transfer = Answer<typeof read>["transfer"];

const readImport = (workspaceId: string, transferId: string) =>
  answer(inWorkspace(workspaceId).contacts.import({ transferId }).get());

/** An uploaded file: its columns, its first lines, and its choices. */
export type Uploaded = Answer<typeof readImport>;

export type ExportFormat = "csv" | "xlsx";

export interface ImportStart {
  mapping: Record<string, string>;
  pageId: string;
  dryRun?: boolean;
  addTagIds?: string[];
}

export const transfers = {
  list: (workspaceId: string, page: { cursor?: string }) =>
    answer(inWorkspace(workspaceId).contacts.transfers.get({ query: { limit: LIST_LIMIT, ...page } })),
  get: read,
  readImport,
  startImport: (workspaceId: string, transferId: string, body: ImportStart) =>
    answer(inWorkspace(workspaceId).contacts.import({ transferId }).start.post(body)),
  makeSegment: (workspaceId: string, transferId: string, body: { column: string; name: string }) =>
    answer(inWorkspace(workspaceId).contacts.import({ transferId }).segment.post(body)),
  undo: (workspaceId: string, transferId: string) =>
    answer(inWorkspace(workspaceId).contacts.transfers({ transferId }).undo.post()),
  startExport: (workspaceId: string, filter: ContactFilter, format: ExportFormat) =>
    answer(inWorkspace(workspaceId).contacts.export.post({ filter, format })),
  errorsUrl: (workspaceId: string, transferId: string) =>
    `/api/v1/workspaces/${workspaceId}/contacts/transfers/${transferId}/errors`,
  fileUrl: (workspaceId: string, transferId: string) =>
    `/api/v1/workspaces/${workspaceId}/contacts/transfers/${transferId}/file`,
};

/** Sends the file as it is: the browser streams it from the disk at any size. */
export async function uploadContacts(workspaceId: string, file: File): Promise<Uploaded> {
  const sending = fetchSignedIn(
    `/api/v1/workspaces/${workspaceId}/contacts/import?fileName=${encodeURIComponent(file.name)}`,
    { method: "POST", headers: { "content-type": "text/csv" }, body: file },
  );
  const [response] = await Promise.all([sending, loadServerWords()]);
  const body: unknown = await response.json().catch(() => null);
  if (!response.ok) throw new ApiError(response.status, readProblem(body, response.status));
  const uploaded: Uploaded = JSON.parse(JSON.stringify(body));
  return uploaded;
}
