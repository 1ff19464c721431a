import { allItems, answer, inWorkspace, LIST_LIMIT } from "./client.ts";
import type { Conditions } from "./segments.ts";

/** Filters of a list of contacts, as in an address. */
export interface ContactFilterQuery {
  search?: string;
  pageId?: string;
  tagId?: string;
  segmentId?: string;
  engagement?: "new" | "hot" | "warm" | "cold" | "inactive";
  window?: "open" | "human" | "closed";
  subscribed?: "true" | "false";
  source?: string;
  conditions?: string;
}

export interface ContactQuery extends ContactFilterQuery {
  sort?: "newest" | "oldest" | "name" | "lastInteraction";
  /** With the values of custom fields. */
  fields?: boolean;
  limit?: number;
  cursor?: string;
}

/** A filter as a body has it. */
export interface ContactFilter extends Omit<ContactFilterQuery, "subscribed" | "conditions"> {
  conditions?: Conditions;
  subscribed?: boolean;
}

export const contacts = {
  list: (workspaceId: string, query: ContactQuery) =>
    answer(inWorkspace(workspaceId).contacts.get({ query: { limit: LIST_LIMIT, ...query } })),
  count: (workspaceId: string, query: ContactFilterQuery) =>
    answer(inWorkspace(workspaceId).contacts.count.get({ query })),
  get: (workspaceId: string, contactId: string) =>
    answer(inWorkspace(workspaceId).contacts({ contactId }).get()),
  events: (workspaceId: string, contactId: string, page: { cursor?: string }) =>
    answer(
      inWorkspace(workspaceId)
        .contacts({ contactId })
        .events.get({ query: { limit: LIST_LIMIT, ...page } }),
    ),
  notes: (workspaceId: string, contactId: string, page: { cursor?: string }) =>
    answer(
      inWorkspace(workspaceId)
        .contacts({ contactId })
        .notes.get({ query: { limit: LIST_LIMIT, ...page } }),
    ),
  /** Those that sent it something or still will, or those that skipped it. */
  campaigns: (workspaceId: string, contactId: string, query: { skipped: boolean; cursor?: string }) =>
    answer(
      inWorkspace(workspaceId)
        .contacts({ contactId })
        .campaigns.get({ query: { limit: 10, ...query } }),
    ),
};

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
