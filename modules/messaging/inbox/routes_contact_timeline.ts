import { Type } from "@sinclair/typebox";
import { Elysia } from "elysia";
import { guard } from "#auth";
import { PageQuery, Uuid } from "#std";
import type { MessagingDeps } from "../deps.ts";
import { NoteList, TimelineEventList } from "./schema.ts";
import { listContactEvents, listContactNotes } from "./timeline.ts";

const OfContact = Type.Object({ workspaceId: Uuid, contactId: Uuid });
const tags = ["contacts"];

/** The events and notes in the conversation of a contact. */
export function contactTimelineRoutes(on: Pick<MessagingDeps, "sql" | "clock" | "config" | "graph">) {
  return new Elysia({ name: "messaging.contact_thread", prefix: "/workspaces/:workspaceId/contacts" })
    .use(guard(on))
    .get(
      "/:contactId/events",
      async function getContactEvents({ params, query }) {
        return await listContactEvents(on, params.workspaceId, { ...query, contactId: params.contactId });
      },
      {
        can: "contacts:read",
        params: OfContact,
        query: PageQuery,
        response: TimelineEventList,
        detail: {
          operationId: "listContactEvents",
          summary: "List the events of a contact",
          description:
            "Opt-ins, referrals, consent, handovers, assignments and status changes, newest first.",
          tags,
        },
      },
    )
    .get(
      "/:contactId/notes",
      async function getContactNotes({ params, query }) {
        return await listContactNotes(on.sql, params.workspaceId, { ...query, contactId: params.contactId });
      },
      {
        can: "conversations:read",
        params: OfContact,
        query: PageQuery,
        response: NoteList,
        detail: {
          operationId: "listContactNotes",
          summary: "List the notes of a contact",
          description: "Each with its author and time, newest first.",
          tags,
        },
      },
    );
}
