import type { Fragment, Sql, TransactionSql } from "postgres";
import type { FindUnseen, Viewer } from "#auth";
import { parse, Uuid } from "#std";
import { seesConversation, seesContact, seesPage } from "./conditions.ts";

/** What a path can name that belongs to a page, and how a missing one is called. */
const places = {
  pageId: "page",
  contactId: "contact",
  conversationId: "conversation",
  attachmentId: "file",
  mediaFileId: "file",
} as const;

type Place = keyof typeof places;

/** Tells the guard the first thing in a path that the viewer does not see. */
export function findUnseenIn(sql: Sql): FindUnseen {
  return async function findUnseen(viewer, params) {
    for (const place of Object.keys(places) as Place[]) {
      if (!(place in params)) continue;
      const id = parse(Uuid, params[place]);
      // The route's own schema refuses another form.
      if (id.ok && !(await sees(sql, viewer, { place, id: id.value }))) return places[place];
    }
    return null;
  };
}

async function sees(
  sql: Sql,
  viewer: Viewer & { workspaceId: string },
  { place, id }: { place: Place; id: string },
): Promise<boolean> {
  const isHere = (alias: string): Fragment =>
    sql`${sql.unsafe(alias)}.workspace_id = ${viewer.workspaceId} and ${sql.unsafe(alias)}.id = ${id}`;
  const inConversation = (conversation: Fragment) => sql`exists (
    select from messaging.conversations c
    where c.workspace_id = ${viewer.workspaceId} and c.id = ${conversation} ${seesConversation(sql, viewer)})`;
  const questions: Record<Place, () => Fragment> = {
    pageId: () => sql`select from messaging.pages p where ${isHere("p")} ${seesPage(sql, viewer)}`,
    contactId: () =>
      sql`select from messaging.contacts p where ${isHere("p")} ${seesContact(sql, viewer, "p")}`,
    conversationId: () =>
      sql`select from messaging.conversations c where ${isHere("c")} ${seesConversation(sql, viewer)}`,
    attachmentId: () => sql`
      select from messaging.attachments a
      join messaging.messages m on m.workspace_id = a.workspace_id and m.id = a.message_id
      where ${isHere("a")} and ${inConversation(sql`m.conversation_id`)}`,
    // Files of the library belong to no page.
    mediaFileId: () => sql`
      select from messaging.media_files f
      where ${isHere("f")} and (f.conversation_id is null or ${inConversation(sql`f.conversation_id`)})`,
  };
  const rows = await sql`${questions[place]()} limit 1`;
  return rows.length === 1;
}

/** Those of these conversations that the viewer sees. */
export async function seenConversations(
  sql: Sql | TransactionSql,
  viewer: Viewer & { workspaceId: string },
  ids: readonly string[],
): Promise<string[]> {
  if (viewer.access.kind === "all") return [...ids];
  const rows = await sql<{ id: string }[]>`
    select c.id from messaging.conversations c
    where c.workspace_id = ${viewer.workspaceId} and c.id = any(${[...ids]}::uuid[]) ${seesConversation(sql, viewer)}`;
  const seen = new Set(rows.map(({ id }) => id));
  return ids.filter((id) => seen.has(id));
}
