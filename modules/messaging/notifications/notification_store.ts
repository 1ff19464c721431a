import { and, desc, eq, inArray, isNull, lt, type SQL, sql } from "drizzle-orm";
import { type PageAccess, userNames } from "#auth";
import { deleteInChunks, orm } from "#db";
import { campaigns, contacts, notifications, pages } from "#db/messaging";
import { decodeIdCursor, pageOf, recognize } from "#std";
import { displayName } from "../contacts/mod.ts";
import type { MessagingDeps } from "../deps.ts";
import type { Notification, NotificationsQuery } from "./schema.ts";
import { pausedByItself } from "../campaign_state/mod.ts";

type StoreDeps = Pick<MessagingDeps, "sql">;

/** The owner of notifications: one person in one workspace. */
export interface Reader {
  workspaceId: string;
  userId: string;
  /** What they see of the workspace; undefined: everything. */
  access?: PageAccess;
}

const keptDays = 90;

const ofReader = (reader: Reader) =>
  and(
    eq(notifications.userId, reader.userId),
    eq(notifications.workspaceId, reader.workspaceId),
    eq(notifications.inBell, true),
    seenBy(reader),
  );

/** Those whose subject the reader sees now: campaigns belong to all pages. */
function seenBy({ userId, access }: Reader): SQL | undefined {
  switch (access?.kind) {
    case "pages":
      return and(
        isNull(notifications.campaignId),
        sql`(${notifications.pageId} is null
          or ${notifications.pageId} = any(${sql.param([...access.pageIds])}::uuid[]))`,
      );
    case "assigned":
      return and(
        isNull(notifications.campaignId),
        sql`exists (
          select from messaging.conversations own
          where own.workspace_id = ${notifications.workspaceId} and own.id = ${notifications.conversationId}
            and own.assignee_id = ${userId})`,
      );
    default:
      return undefined;
  }
}

/** A person's notifications, newest first. */
export async function listNotifications(
  on: StoreDeps,
  reader: Reader,
  query: NotificationsQuery,
): Promise<{ items: Notification[]; nextCursor: string | null }> {
  const limit = query.limit ?? 50;
  const after = decodeIdCursor(query.cursor);
  const rows = await orm(on.sql)
    .select({
      id: notifications.id,
      kind: notifications.kind,
      campaign: {
        id: campaigns.id,
        name: campaigns.name,
        isSequence: sql<boolean>`${campaigns.kind} = 'sequence'`,
        isDraft: sql<boolean>`${campaigns.status} = 'draft'`,
      },
      contact: { id: contacts.id, name: contacts.name, psid: contacts.psid },
      page: { id: pages.id, name: pages.name },
      others: notifications.others,
      actorUserId: notifications.actorUserId,
      detail: notifications.detail,
      startsAt: notifications.startsAt,
      readAt: notifications.readAt,
      createdAt: notifications.createdAt,
    })
    .from(notifications)
    .leftJoin(campaigns, eq(campaigns.id, notifications.campaignId))
    .leftJoin(
      contacts,
      and(eq(contacts.workspaceId, notifications.workspaceId), eq(contacts.id, notifications.conversationId)),
    )
    .leftJoin(pages, and(isNull(notifications.conversationId), eq(pages.id, notifications.pageId)))
    .where(
      and(
        ofReader(reader),
        query.unread === true ? isNull(notifications.readAt) : undefined,
        after === null ? undefined : lt(notifications.id, after),
      ),
    )
    .orderBy(desc(notifications.id))
    .limit(limit + 1);
  const page = pageOf(rows, limit, ({ id }) => [id]);
  const names = await userNames(
    on.sql,
    page.items.flatMap(({ actorUserId }) => actorUserId ?? []),
  );
  return {
    items: page.items.map(({ readAt, startsAt, createdAt, contact, others, actorUserId, ...row }) => ({
      ...row,
      detailWords: recognize(row.detail) ?? recognize(row.detail && pausedByItself + row.detail),
      conversation: contact && { id: contact.id, name: displayName(contact), others },
      by: actorUserId === null ? null : (names.get(actorUserId) ?? null),
      startsAt: startsAt?.toISOString() ?? null,
      isRead: readAt !== null,
      createdAt: createdAt.toISOString(),
    })),
    nextCursor: page.nextCursor,
  };
}

export async function countUnread(on: StoreDeps, reader: Reader): Promise<number> {
  return await orm(on.sql).$count(notifications, and(ofReader(reader), isNull(notifications.readAt)));
}

/** Marks them read, all when none are named; gives how many are left unread. */
export async function markRead(on: StoreDeps, reader: Reader, ids?: readonly string[]): Promise<number> {
  await orm(on.sql)
    .update(notifications)
    .set({ readAt: sql`now()` })
    .where(
      and(
        ofReader(reader),
        isNull(notifications.readAt),
        ids === undefined ? undefined : inArray(notifications.id, [...ids]),
      ),
    );
  return await countUnread(on, reader);
}

/** Deletes old notifications. Returns their number. */
export async function pruneNotifications({ sql: run }: Pick<MessagingDeps, "sql">): Promise<number> {
  return await deleteInChunks(
    (most) => run`
      delete from messaging.notifications where id = any(array(
        select id from messaging.notifications
        where created_at < now() - make_interval(days => ${keptDays}) limit ${most}))`,
  );
}
