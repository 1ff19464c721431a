import { Type } from "@sinclair/typebox";
import { Elysia } from "elysia";
import { guard } from "#auth";
import { PageQuery, Uuid } from "#std";
import type { MessagingDeps } from "../deps.ts";
import { ThreadEventList } from "../inbox/schema.ts";
import { listContactEvents } from "../inbox/thread.ts";
import { listContacts, readContact } from "./contact_store.ts";
import { ContactList, ContactResponse, ContactsQuery } from "./schema.ts";

const OfContact = Type.Object({ workspaceId: Uuid, contactId: Uuid });
const tags = ["contacts"];

/** Contacts of a workspace: list, one, and what happened with one. */
export function contactsRoutes(on: Pick<MessagingDeps, "db" | "sql" | "clock" | "config">) {
  return new Elysia({ name: "messaging.contacts", prefix: "/workspaces/:workspaceId/contacts" })
    .use(guard(on))
    .get(
      "",
      async function getContacts({ params, query }) {
        return await listContacts(on, params.workspaceId, query);
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
            "Newest first. `search` finds names by the beginnings of their words, or a whole PSID.",
          tags,
        },
      },
    )
    .get(
      "/:contactId",
      async function getContact({ params }) {
        return { contact: await readContact(on, params.workspaceId, params.contactId) };
      },
      {
        can: "contacts:read",
        params: OfContact,
        response: ContactResponse,
        detail: { operationId: "readContact", summary: "Read a contact", tags },
      },
    )
    .get(
      "/:contactId/events",
      async function getContactEvents({ params, query }) {
        return await listContactEvents(on.sql, params.workspaceId, { ...query, contactId: params.contactId });
      },
      {
        can: "contacts:read",
        params: OfContact,
        query: PageQuery,
        response: ThreadEventList,
        detail: {
          operationId: "listContactEvents",
          summary: "List what happened with a contact",
          description: "Opt-ins, referrals, consent, handovers, assignments and states, newest first.",
          tags,
        },
      },
    );
}
