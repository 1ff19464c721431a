import type { Sql } from "postgres";
import { activityRows, userNames } from "#auth";
import { notFound } from "#std";
import { notify } from "../notifications/mod.ts";
import type { Note } from "./schema.ts";
import { viewNote } from "./timeline.ts";

export interface NewNote {
  conversationId: string;
  authorId: string;
  text: string;
  /** Notified members; people who are not members are skipped. */
  mentions?: readonly string[];
}

/**
 * Writes a note for members, also shown in the list. Returns it and the notified members. Throws 404 for an unknown
 * conversation.
 */
export async function addNote(
  on: { sql: Sql },
  workspaceId: string,
  { conversationId, authorId, text, mentions = [] }: NewNote,
): Promise<{ note: Note; notified: string[] }> {
  const { row, notified } = await on.sql.begin(async (tx) => {
    const [written] = await tx<{ id: string; createdAt: string }[]>`
      with place as (
        update messaging.conversations set preview_text = left(${text}, 300), preview_direction = 'note'
        where workspace_id = ${workspaceId} and id = ${conversationId}
        returning workspace_id, id, page_id),
      recorded as (${activityRows(
        tx,
        { action: "conversation.note-added", workspaceId },
        { from: tx`place`, id: tx`id` },
      )})
      insert into messaging.notes (workspace_id, conversation_id, page_id, author_id, text)
      select workspace_id, id, page_id, ${authorId}::uuid, ${text} from place
      returning id, created_at as "createdAt"`;
    if (!written) throw notFound("conversation");
    if (mentions.length === 0) return { row: written, notified: [] };
    const letters = [...text];
    const detail = letters.length > shownLength ? `${letters.slice(0, shownLength).join("")}…` : text;
    const notice = { workspaceId, conversationId, kind: "mention", detail } as const;
    return {
      row: written,
      notified: await notify(tx, { ...notice, userIds: [...mentions], exceptUserId: authorId }),
    };
  });
  const names = await userNames(on.sql, [authorId]);
  return { note: viewNote({ ...row, authorId, authorName: names.get(authorId) ?? null, text }), notified };
}

/** The part of a note in its notification. */
const shownLength = 200;
