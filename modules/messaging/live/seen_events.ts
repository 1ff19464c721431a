import type { Sql } from "postgres";
import type { Viewer } from "#auth";
import type { Numbered, Refetch } from "#std";
import type { LiveEvent } from "../live_event.ts";
import { seesContact, seesConversation, seesPage } from "../sight/mod.ts";

type Heard = Numbered<LiveEvent> | Refetch;

/** Somebody who just lost a conversation hears that it changed. */
const lostSeconds = 10;

/** Those of these events whose subject a member who sees a part of the workspace sees now. One read. */
export async function seenEvents(
  sql: Sql,
  viewer: Viewer & { workspaceId: string },
  events: readonly Heard[],
): Promise<Heard[]> {
  const ids = events.flatMap((event) => subjectOf(event) ?? []);
  const { seen, lost } = await look(sql, viewer, ids);
  return events.filter((event) => {
    switch (event.name) {
      case "refetch":
      case "workspace":
        return true;
      case "notification":
      case "access":
        return event.data.userId === viewer.userId;
      case "campaign":
      case "transfer":
        return false;
      case "conversation":
        return seen.has(event.data.conversationId) || lost.has(event.data.conversationId);
      default: {
        const subject = subjectOf(event);
        return subject !== null && seen.has(subject);
      }
    }
  });
}

/** The conversation, contact or page of an event; a contact has the id of its conversation. */
function subjectOf(event: Heard): string | null {
  switch (event.name) {
    case "message":
    case "conversation":
    case "note":
    case "typing":
      return event.data.conversationId;
    case "contact":
      return event.data.contactId;
    case "page":
      return event.data.pageId;
    default:
      return null;
  }
}

async function look(
  sql: Sql,
  viewer: Viewer & { workspaceId: string },
  ids: readonly string[],
): Promise<{ seen: Set<string>; lost: Set<string> }> {
  if (ids.length === 0) return { seen: new Set(), lost: new Set() };
  const { workspaceId, userId } = viewer;
  const wanted = sql`any(${[...new Set(ids)]}::uuid[])`;
  const rows = await sql<{ id: string; isSeen: boolean }[]>`
    select c.id, true as "isSeen" from messaging.conversations c
    where c.workspace_id = ${workspaceId} and c.id = ${wanted} ${seesConversation(sql, viewer)}
    union all
    select p.id, true from messaging.contacts p
    where p.workspace_id = ${workspaceId} and p.id = ${wanted} ${seesContact(sql, viewer, "p")}
    union all
    select p.id, true from messaging.pages p
    where p.workspace_id = ${workspaceId} and p.id = ${wanted} ${seesPage(sql, viewer)}
    union all
    select e.conversation_id, false from messaging.events e
    where e.workspace_id = ${workspaceId} and e.conversation_id = ${wanted} and e.kind = 'assignment'
      and e.at > now() - make_interval(secs => ${lostSeconds}) and e.data->>'from' = ${userId}`;
  const idsWhere = (isSeen: boolean) =>
    new Set(rows.filter((row) => row.isSeen === isSeen).map(({ id }) => id));
  return { seen: idsWhere(true), lost: idsWhere(false) };
}
