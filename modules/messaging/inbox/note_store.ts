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

/** Writes a note that only colleagues see, who find it in the list too; 404 when this workspace has no such conversation. */
export async function addNote(
  db: Db,
  workspaceId: string,
  { conversationId, authorId, text }: NewNote,
): Promise<Note> {
  const isThis = sql`workspace_id = ${workspaceId} and id = ${conversationId}`;
  const [row] = await db.execute<{ id: string; createdAt: string }>(sql`
    with place as (
      update ${conversations} set preview_text = left(${text}, 300), preview_direction = 'note' where ${isThis}
      returning workspace_id, id, page_id)
    insert into ${notes} (workspace_id, conversation_id, page_id, author_id, text)
    select workspace_id, id, page_id, ${authorId}::uuid, ${text} from place
    returning id, created_at as "createdAt"`);
  if (!row) throw notFound("conversation");
  const names = await userNames(db, [authorId]);
  return viewNote({ ...row, authorId, authorName: names.get(authorId) ?? null, text });
}
