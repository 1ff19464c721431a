import { sql } from "drizzle-orm";
import { userNames } from "#auth";
import type { Db } from "#db";
import { conversations, notes } from "#db/messaging";
import { notFound } from "#std";
import type { Note } from "./schema.ts";
import { viewNote } from "./thread.ts";

export interface NewNote {
  conversationId: string;
  authorId: string;
  text: string;
}

/** Writes a note that only colleagues see; 404 when this workspace has no such conversation. */
export async function addNote(
  db: Db,
  workspaceId: string,
  { conversationId, authorId, text }: NewNote,
): Promise<Note> {
  const [row] = await db.execute<{ id: string; createdAt: string }>(sql`
    insert into ${notes} (workspace_id, conversation_id, page_id, author_id, text)
    select ${conversations.workspaceId}, ${conversations.id}, ${conversations.pageId}, ${authorId}::uuid, ${text}
    from ${conversations}
    where ${conversations.workspaceId} = ${workspaceId} and ${conversations.id} = ${conversationId}
    returning id, created_at as "createdAt"`);
  if (!row) throw notFound("conversation");
  const names = await userNames(db, [authorId]);
  return viewNote({ ...row, authorId, authorName: names.get(authorId) ?? null, text });
}
