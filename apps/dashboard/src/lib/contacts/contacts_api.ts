import { allItems, answer, inWorkspace } from "../api.ts";
import type { ContactFilter } from "../transfers/transfers_api.ts";

export type FieldValue = string | number | boolean;

export interface ContactChange {
  firstName?: string | null;
  lastName?: string | null;
  timezone?: string | null;
  addTagIds?: string[];
  removeTagIds?: string[];
  fields?: Record<string, FieldValue | null>;
  subscribed?: boolean;
  subscriptionReason?: string;
  blocked?: boolean;
  blockOnFacebook?: boolean;
}

export interface NewContact {
  pageId: string;
  psid: string;
  firstName?: string;
  lastName?: string;
}

export type BulkAction =
  | { addTags: string[] }
  | { removeTags: string[] }
  | { subscribe: { reason: string } }
  | { unsubscribe: { reason: string } }
  | { assign: string | null }
  | { addToSegment: string }
  | { delete: true };

export const contactChanges = {
  create: (workspaceId: string, body: NewContact) => answer(inWorkspace(workspaceId).contacts.post(body)),
  change: (workspaceId: string, contactId: string, body: ContactChange) =>
    answer(inWorkspace(workspaceId).contacts({ contactId }).patch(body)),
  remove: (workspaceId: string, contactId: string) =>
    answer(inWorkspace(workspaceId).contacts({ contactId }).delete()),
  merge: (workspaceId: string, contactId: string, contactIds: string[]) =>
    answer(inWorkspace(workspaceId).contacts({ contactId }).merge.post({ contactIds })),
  separate: (workspaceId: string, contactId: string) =>
    answer(inWorkspace(workspaceId).contacts({ contactId }).merge.delete()),
  bulkPicked: (workspaceId: string, contactIds: string[], action: BulkAction) =>
    answer(inWorkspace(workspaceId).contacts.bulk.post({ contactIds, action })),
  bulkWhole: (workspaceId: string, filter: ContactFilter, action: BulkAction) =>
    answer(inWorkspace(workspaceId).contacts.bulk.post({ filter, action })),
};

/** The names of segments, for choosing one. */
export async function segmentChoices(
  workspaceId: string,
): Promise<{ id: string; name: string; kind: string }[]> {
  const items = await allItems((query) => answer(inWorkspace(workspaceId).segments.get({ query })));
  return items;
}
