import type { Fragment, Sql } from "postgres";
import { seesConversation, seesPage } from "../sight/mod.ts";
import type { Viewer } from "#auth";
import { wantedStatuses } from "./schema.ts";
import type { SavedView, ViewCount } from "./schema_views.ts";
import { listViews, type ViewOwner } from "./view_store.ts";

/** Pages with a count, by name; more are no help in a list. */
const mostPages = 50;
/** Counting stops here, shown as "999+". */
const mostCounted = 1_000;
/** The most rows to read for a view of several conditions; further ones are not counted. */
const mostRead = 5_000;

/** A filter of a view in the columns of the statement. */
interface Asked {
  id: string;
  /** Of the columns with an index, the one that leaves the fewest rows; the others are compared in its results. */
  by: "unread" | "mine" | "page" | "tag" | "unassigned" | "status";
  /** How many rows are read. */
  most: number;
  statuses: readonly string[];
  assigneeId: string | null;
  isUnassigned: boolean;
  pageId: string | null;
  tagId: string | null;
  isUnread: boolean;
}

/**
 * Counts the conversations of the person's saved views, and the open ones of each page. A view that searches has no
 * count. One statement for any number of views, whose work is bounded for each: a count that is too low is marked.
 */
export async function countViews(
  { sql }: { sql: Sql },
  owner: ViewOwner,
  viewer?: Viewer,
): Promise<{ pages: ViewCount[]; views: ViewCount[] }> {
  const pages = await sql<{ id: string }[]>`
    select p.id from messaging.pages p where p.workspace_id = ${owner.workspaceId} ${seesPage(sql, viewer)}
    order by p.name, p.id limit ${mostPages}`;
  const views = (await listViews({ sql }, owner)).filter(({ filter }) => filter.search.trim() === "");
  const open = { tab: "all", status: "open", tagId: null, unreadOnly: false } as const;
  const asked = [
    ...pages.map(({ id }) => askedOf(id, { ...open, pageId: id }, owner.userId)),
    ...views.map(({ id, filter }) => askedOf(id, filter, owner.userId)),
  ];
  const counts = new Map(
    (await count(sql, { workspaceId: owner.workspaceId, asked, viewer })).map((one) => [one.id, one]),
  );
  const of = (ids: readonly { id: string }[]) => ids.flatMap(({ id }) => counts.get(id) ?? []);
  return { pages: of(pages), views: of(views) };
}

type Filter = Pick<SavedView["filter"], "tab" | "status" | "pageId" | "tagId" | "unreadOnly">;

function askedOf(id: string, { tab, status, pageId, tagId, unreadOnly }: Filter, userId: string): Asked {
  const conditions = [tab !== "all", pageId !== null, tagId !== null, unreadOnly].filter(Boolean).length;
  return {
    id,
    // Where the index knows all that is asked, each row that is read counts.
    most: conditions > 1 || tagId !== null ? mostRead : mostCounted,
    by: unreadOnly
      ? "unread"
      : tab === "mine"
        ? "mine"
        : pageId !== null
          ? "page"
          : tagId !== null
            ? "tag"
            : tab === "unassigned"
              ? "unassigned"
              : "status",
    statuses: status === "all" ? wantedStatuses : [status],
    assigneeId: tab === "mine" ? userId : null,
    isUnassigned: tab === "unassigned",
    pageId,
    tagId,
    isUnread: unreadOnly,
  };
}

async function count(
  sql: Sql,
  {
    workspaceId,
    asked,
    viewer,
  }: { workspaceId: string; asked: readonly Asked[]; viewer: Viewer | undefined },
): Promise<ViewCount[]> {
  const isAsked = (by: Asked["by"]) => sql`v.by = ${sql.unsafe(`'${by}'`)}`;
  // One branch for each index. Only a view's own is run: the others have a condition on the view alone.
  // The order is that of the index: without it, a limit lets the planner read the table from its beginning.
  const branch = (by: Asked["by"], condition: Fragment, first = sql``) => sql`
    (select part.* from unnest(v.statuses) as wanted (status)
    cross join lateral (
      select c.id, c.status, c.assignee_id, c.page_id, c.unread_count from messaging.conversations c
      where ${isAsked(by)} and c.workspace_id = ${workspaceId} and c.status = wanted.status ${condition}
        ${seesConversation(sql, viewer)}
      order by ${first} c.last_message_at desc, c.id desc limit v.most) as part
    limit v.most)`;
  return await sql<ViewCount[]>`
    select v.id, least(counted.count, ${mostCounted}::int4) as count, counted.read = v.most as "isMore"
    from jsonb_to_recordset(${JSON.stringify(asked)}::jsonb) as v (id uuid, by text, most int4, statuses text[],
      "assigneeId" uuid, "isUnassigned" boolean, "pageId" uuid, "tagId" uuid, "isUnread" boolean)
    cross join lateral (
      select count(*)::int4 as read, (count(*) filter (where c.status = any(v.statuses)
        and (v."assigneeId" is null or c.assignee_id = v."assigneeId")
        and (not v."isUnassigned" or c.assignee_id is null)
        and (v."pageId" is null or c.page_id = v."pageId")
        and (not v."isUnread" or c.unread_count > 0)
        and (v."tagId" is null or exists (
          select from messaging.contact_tags t where t.contact_id = c.id and t.tag_id = v."tagId"))))::int4 as count
      from (
        ${branch("unread", sql`and c.unread_count > 0`)}
        union all ${branch("mine", sql`and c.assignee_id = v."assigneeId"`)}
        union all ${branch("page", sql`and c.page_id = v."pageId"`)}
        union all (
          select c.id, c.status, c.assignee_id, c.page_id, c.unread_count
          from (select t.contact_id from messaging.contact_tags t
            where ${isAsked("tag")} and t.workspace_id = ${workspaceId} and t.tag_id = v."tagId" limit v.most) as tagged
          left join lateral (
            select c.* from messaging.conversations c
            where c.workspace_id = ${workspaceId} and c.id = tagged.contact_id ${seesConversation(sql, viewer)}
            limit 1) as c on true)
        union all ${branch("unassigned", sql`and c.assignee_id is null`, sql`c.assignee_id desc,`)}
        union all ${branch("status", sql``)}) as c) as counted`;
}
