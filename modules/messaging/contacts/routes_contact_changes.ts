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
        return { contact: await readContact(on, workspaceId, id) };
      },
      {
        can: "contacts:manage",
        params: InWorkspace,
        body: NewContact,
        response: { 201: ContactProfileResponse },
        detail: {
          operationId: "createContact",
          summary: "Make a contact of a PSID",
          description:
            "For PSIDs known from elsewhere. Whoever is on the suppression list is made unsubscribed.",
          tags,
        },
      },
    )
    .patch(
      "/:contactId",
      async function editContact({ params: { workspaceId, contactId }, body, principal }) {
        await changeContact(on, { workspaceId, id: contactId, by: principal }, body);
        return { contact: await readContact(on, workspaceId, contactId) };
      },
      {
        can: "contacts:edit",
        params: OfContact,
        body: ContactChange,
        response: ContactProfileResponse,
        detail: {
          operationId: "changeContact",
          summary: "Change names, tags, fields, consent or block",
          description:
            "With `blockOnFacebook` the person is blocked for the page on Facebook too, and unblocking undoes both. When Facebook refuses, the contact is blocked here all the same, and `facebookBlock.error` says why: the same request tries again.",
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
          summary: "Delete a contact with the whole thread",
          description: "Whoever unsubscribed or was blocked stays on the suppression list.",
          tags,
        },
      },
    )
    .post(
      "/:contactId/merge",
      async function postMerge({ params: { workspaceId, contactId }, body, principal }) {
        await mergeContacts(on, { ...body, workspaceId, id: contactId, by: principal });
        return { contact: await readContact(on, workspaceId, contactId) };
      },
      {
        can: "contacts:manage",
        params: OfContact,
        body: MergeRequest,
        response: ContactProfileResponse,
        detail: {
          operationId: "mergeContacts",
          summary: "Say that contacts are one person",
          description:
            "On several pages, or twice on one. Each keeps its PSID, conversation, tags and consent, and is still written to from its own page; a campaign reaches the person once.",
          tags,
        },
      },
    )
    .delete(
      "/:contactId/merge",
      async function deleteMerge({ params: { workspaceId, contactId }, principal }) {
        await separateContact(on, { workspaceId, id: contactId, by: principal });
        return { contact: await readContact(on, workspaceId, contactId) };
      },
      {
        can: "contacts:manage",
        params: OfContact,
        response: ContactProfileResponse,
        detail: {
          operationId: "separateContact",
          summary: "Take a contact out of the person that it was merged into",
          tags,
        },
      },
    );
}
