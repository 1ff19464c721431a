import { and, desc, eq, gt, inArray, isNull, type SQL, sql } from "drizzle-orm";
import type { Db, Tx } from "#db";
import { contacts, conversations, pages } from "#db/messaging";
import { contactFacts } from "../contacts/facts.ts";
import { micros, olderThan, type TimeKey } from "../time_key.ts";
import { type ConversationStatus, statuses } from "./schema.ts";

export interface ConversationFilter {
  status: ConversationStatus | "all";
  /** Whose: a person's id, null for nobody's, undefined for everybody's. */
  assigneeId?: string | null | undefined;
  pageId?: string | undefined;
  isUnread?: boolean | undefined;
}

export interface Slice {
  after: TimeKey | null;
  limit: number;
  /** One more condition on the conversation. */
  also?: SQL | undefined;
}

const columns = {
  id: conversations.id,
  status: conversations.status,
  snoozedUntil: conversations.snoozedUntil,
  assigneeId: conversations.assigneeId,
  unreadCount: conversations.unreadCount,
  previewText: conversations.previewText,
  previewDirection: conversations.previewDirection,
  controlledByApp: conversations.controlledByApp,
  createdAt: conversations.createdAt,
  at: micros(conversations.lastMessageAt),
  contact: {
    psid: contacts.psid,
    name: contacts.name,
    pictureKey: contacts.pictureKey,
    ...contactFacts,
  },
  page: {
    id: pages.id,
    name: pages.name,
    pictureUrl: pages.pictureUrl,
    status: pages.status,
    humanAgent: pages.humanAgent,
  },
};

function rows(db: Db | Tx) {
  return db
    .select(columns)
    .from(conversations)
    .innerJoin(
      contacts,
      and(eq(contacts.workspaceId, conversations.workspaceId), eq(contacts.id, conversations.id)),
    )
    .innerJoin(pages, eq(pages.id, conversations.pageId))
    .$dynamic();
}

export type ConversationRow = Awaited<ReturnType<typeof rows>>[number];

/** One conversation with its contact and page; undefined when this workspace has none with this id. */
export async function readConversationRow(
  db: Db | Tx,
  workspaceId: string,
  id: string,
): Promise<ConversationRow | undefined> {
  const [row] = await rows(db).where(
    and(eq(conversations.workspaceId, workspaceId), eq(conversations.id, id)),
  );
  return row;
}

/** `select id, last_message_at …` of the conversations that pass the filter, newest first, up to the limit. */
export function filteredKeys(
  db: Db | Tx,
  workspaceId: string,
  { status, assigneeId, pageId, isUnread }: ConversationFilter,
  { after, limit, also }: Slice,
): SQL {
  const keysOf = (status: ConversationStatus) =>
    db
      .select({ id: conversations.id, lastMessageAt: conversations.lastMessageAt })
      .from(conversations)
      .where(
        and(
          eq(conversations.workspaceId, workspaceId),
          eq(conversations.status, status),
          assigneeId === undefined
            ? undefined
            : assigneeId === null
              ? isNull(conversations.assigneeId)
              : eq(conversations.assigneeId, assigneeId),
          pageId === undefined ? undefined : eq(conversations.pageId, pageId),
          isUnread ? gt(conversations.unreadCount, 0) : undefined,
          olderThan(conversations.lastMessageAt, conversations.id, after),
          also,
        ),
      )
      .orderBy(
        // "is null" is no equality to the planner: only when named first does the index give this order.
        ...(assigneeId === null ? [desc(conversations.assigneeId)] : []),
        desc(conversations.lastMessageAt),
        desc(conversations.id),
      )
      .limit(limit);
  // For all statuses each part reads its own stretch of the index in order: four short lists, cheap to merge.
  const parts = (status === "all" ? statuses : [status]).map((part) => sql`${keysOf(part)}`);
  return sql`select key.id, key.last_message_at from (${sql.join(parts, sql` union all `)}) as key
    order by key.last_message_at desc, key.id desc limit ${limit}`;
}

/** A page of the conversations that pass the filter, newest first. */
export async function readFilteredRows(
  db: Db | Tx,
  workspaceId: string,
  filter: ConversationFilter,
  slice: Slice,
): Promise<ConversationRow[]> {
  const keys = filteredKeys(db, workspaceId, filter, slice);
  // An array is made once, before all else; "in" let the planner ask for the keys again for each row.
  return await readRows(
    db,
    workspaceId,
    sql`${conversations.id} = any (array(select id from (${keys}) as wanted))`,
  );
}

/** The conversations with these ids, newest first. */
export async function readRowsById(
  db: Db | Tx,
  workspaceId: string,
  ids: readonly string[],
): Promise<ConversationRow[]> {
  if (ids.length === 0) return [];
  return await readRows(db, workspaceId, inArray(conversations.id, ids));
}

async function readRows(db: Db | Tx, workspaceId: string, isWanted: SQL): Promise<ConversationRow[]> {
  return await rows(db)
    .where(and(eq(conversations.workspaceId, workspaceId), isWanted))
    .orderBy(desc(conversations.lastMessageAt), desc(conversations.id));
}
