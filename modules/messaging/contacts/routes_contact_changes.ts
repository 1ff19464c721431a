import { Type } from "@sinclair/typebox";
import { Elysia } from "elysia";
import { guard } from "#auth";
import { Uuid, InWorkspace } from "#std";
import type { MessagingDeps } from "../deps.ts";
import { changeContact, createContact, removeContact } from "./contact_change.ts";
import { readContact } from "./contact_store.ts";
import { mergeContacts, separateContact } from "./merge.ts";
import { ContactChange, ContactProfileResponse, MergeRequest, NewContact } from "./schema_changes.ts";
import { Deleted } from "./schema_labels.ts";

const OfContact = Type.Object({ workspaceId: Uuid, contactId: Uuid });
const tags = ["contacts"];

/** Changes of contacts, one by one and many at once. */
export function contactChangesRoutes(
  on: Pick<MessagingDeps, "sql" | "clock" | "config" | "live" | "graph" | "keyring">,
) {
  return new Elysia({ name: "messaging.contact_changes", prefix: "/workspaces/:workspaceId/contacts" })
    .use(guard(on))
    .post(
      "",
      async function addContact({ params: { workspaceId }, body, principal, set }) {
        const id = await createContact(on, { ...body, workspaceId, by: principal });
        set.status = 201;
        return { contact: await readContact(on, workspaceId, { id, viewer: principal }) };
      },
      {
        can: "contacts:manage",
        params: InWorkspace,
        body: NewContact,
        response: { 201: ContactProfileResponse },
        detail: {
          operationId: "createContact",
          summary: "Create a contact from a PSID",
          description:
            "For PSIDs from other systems. A PSID on the suppression list becomes an unsubscribed contact.",
          tags,
        },
      },
    )
    .patch(
      "/:contactId",
      async function editContact({ params: { workspaceId, contactId }, body, principal }) {
        await changeContact(on, { workspaceId, id: contactId, by: principal }, body);
        return { contact: await readContact(on, workspaceId, { id: contactId, viewer: principal }) };
      },
      {
        can: "contacts:edit",
        params: OfContact,
        body: ContactChange,
        response: ContactProfileResponse,
        detail: {
          operationId: "changeContact",
          summary: "Change a contact",
          description:
            "Changes names, tags, fields, consent or block. `blockOnFacebook` also blocks the person from the page on Facebook; unblocking reverses both. If Facebook refuses, the contact is still blocked here and `facebookBlock.error` has the reason. Repeat the request to try again.",
          tags,
        },
      },
    )
    .delete(
      "/:contactId",
      async function deleteContact({ params: { workspaceId, contactId }, principal }) {
        await removeContact(on, { workspaceId, id: contactId, by: principal });
        return { deleted: true } as const;
      },
      {
        can: "contacts:manage",
        params: OfContact,
        response: Deleted,
        detail: {
          operationId: "deleteContact",
          summary: "Delete a contact and its conversation",
          description: "An unsubscribed or blocked contact stays on the suppression list.",
          tags,
        },
      },
    )
    .post(
      "/:contactId/merge",
      async function postMerge({ params: { workspaceId, contactId }, body, principal }) {
        await mergeContacts(on, { ...body, workspaceId, id: contactId, by: principal });
        return { contact: await readContact(on, workspaceId, { id: contactId, viewer: principal }) };
      },
      {
        can: "contacts:manage",
        params: OfContact,
        body: MergeRequest,
        response: ContactProfileResponse,
        detail: {
          operationId: "mergeContacts",
          summary: "Merge contacts into one person",
          description:
            "Contacts of several pages, or of the same page. Each keeps its PSID, conversation, tags and consent, and receives messages from its own page. A campaign reaches the person once.",
          tags,
        },
      },
    )
    .delete(
      "/:contactId/merge",
      async function deleteMerge({ params: { workspaceId, contactId }, principal }) {
        await separateContact(on, { workspaceId, id: contactId, by: principal });
        return { contact: await readContact(on, workspaceId, { id: contactId, viewer: principal }) };
      },
      {
        can: "contacts:manage",
        params: OfContact,
        response: ContactProfileResponse,
        detail: {
          operationId: "separateContact",
          summary: "Separate a merged contact",
          tags,
        },
      },
    );
}
