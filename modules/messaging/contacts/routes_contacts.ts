import { Type } from "@sinclair/typebox";
import { Elysia } from "elysia";
import { guard } from "#auth";
import { Uuid } from "#std";
import type { MessagingDeps } from "../deps.ts";
import { countContacts, listContactsBy } from "./contact_list.ts";
import { readContact } from "./contact_store.ts";
import { listReceivedCampaigns } from "./received_campaigns.ts";
import { ContactList, ContactsCount, ContactsCountQuery, ContactsQuery } from "./schema.ts";
import { ContactProfileResponse } from "./schema_changes.ts";
import { ReceivedCampaignList, ReceivedCampaignsQuery } from "./schema_received.ts";

const OfContact = Type.Object({ workspaceId: Uuid, contactId: Uuid });
const tags = ["contacts"];

/** Contacts of a workspace: list, one, and what happened with one. */
export function contactsRoutes(on: Pick<MessagingDeps, "sql" | "clock" | "config" | "graph">) {
  return new Elysia({ name: "messaging.contacts", prefix: "/workspaces/:workspaceId/contacts" })
    .use(guard(on))
    .get(
      "",
      async function getContacts({ params, query, principal }) {
        return await listContactsBy(on, params.workspaceId, { ...query, viewer: principal });
      },
      {
        can: "contacts:read",
        params: Type.Object({ workspaceId: Uuid }),
        query: ContactsQuery,
        response: ContactList,
        detail: {
          operationId: "listContacts",
          summary: "List contacts",
          description:
            "Newest first by default. `search` matches beginnings of words in names, or a whole PSID. A contact must match all filters. A page of search results may have fewer than `limit` items, even none: the list ends when `nextCursor` is null.",
          tags,
        },
      },
    )
    .get(
      "/count",
      async function getContactsCount({ params, query, principal }) {
        return { count: await countContacts(on, params.workspaceId, { ...query, viewer: principal }) };
      },
      {
        can: "contacts:read",
        params: Type.Object({ workspaceId: Uuid }),
        query: ContactsCountQuery,
        response: ContactsCount,
        detail: { operationId: "countContacts", summary: "Count contacts that match filters", tags },
      },
    )
    .get(
      "/:contactId",
      async function getContact({ params, principal }) {
        const asked = { id: params.contactId, viewer: principal };
        return { contact: await readContact(on, params.workspaceId, asked) };
      },
      {
        can: "contacts:read",
        params: OfContact,
        response: ContactProfileResponse,
        detail: { operationId: "readContact", summary: "Get a contact", tags },
      },
    )
    .get(
      "/:contactId/campaigns",
      async function getContactCampaigns({ params, query }) {
        return await listReceivedCampaigns(on, { ...query, ...params });
      },
      {
        can: "contacts:read",
        params: OfContact,
        query: ReceivedCampaignsQuery,
        response: ReceivedCampaignList,
        detail: {
          operationId: "listReceivedCampaigns",
          summary: "List campaign messages of a contact",
          description: "Sent and unsent ones, each with its status and reason, newest first.",
          tags,
        },
      },
    );
}
