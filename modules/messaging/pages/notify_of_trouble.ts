import type { Fragment, Sql } from "postgres";
import { rolesWith } from "#auth";
import type { pages } from "#db/messaging";
import { notify, publishNotified } from "../notifications/mod.ts";
import type { PageDeps } from "./deps.ts";
import { requiredScopes } from "./permissions.ts";

type Trouble = (typeof pages.toldTrouble.enumValues)[number];

interface Changed {
  id: string;
  workspace_id: string;
  told_trouble: Trouble | null;
  status: string;
  reason: string | null;
  expires_on: string | null;
}

/** Members who can fix a page. */
const menders = rolesWith("pages:manage");

/**
 * Notifies page managers of one page's new problem, once per problem, and marks it as done when the page works again.
 * Returns whether there may be more.
 */
export async function notifyOfTrouble(on: Pick<PageDeps, "sql" | "live">): Promise<boolean> {
  const notified = await on.sql.begin(async (tx) => {
    const [page] = await tx<Changed[]>`
      update messaging.pages p set told_trouble = ${troubleSql(on.sql)}
      where p.id = any (array(
        select p.id from messaging.pages p where p.told_trouble is distinct from ${troubleSql(on.sql)}
        order by p.id limit 1 for no key update skip locked))
      returning p.id, p.workspace_id, p.told_trouble, p.status, p.status_reason as reason,
        to_char(p.token_expires_at, 'FMDD Mon YYYY') as expires_on`;
    if (!page) return null;
    const { id: pageId, workspace_id: workspaceId, told_trouble: trouble } = page;
    const over = await tx<{ user_id: string }[]>`
      update messaging.notifications set read_at = now()
      where workspace_id = ${workspaceId} and page_id = ${pageId} and kind = 'page-trouble' and read_at is null
      returning user_id`;
    const notice = { workspaceId, pageId, roles: menders };
    const news =
      trouble !== null
        ? await notify(tx, { ...notice, kind: "page-trouble", detail: wordsOf(trouble, page) })
        : page.status === "connected"
          ? await notify(tx, { ...notice, kind: "page-mended", isRead: true })
          : [];
    return { workspaceId, userIds: new Set([...news, ...over.map((row) => row.user_id)]) };
  });
  if (!notified) return false;
  await publishNotified(on, notified.workspaceId, [...notified.userIds]);
  return true;
}

/** The reason why page `p` cannot send or receive, or soon will not. A disconnection by a member is no problem. */
function troubleSql(sql: Sql): Fragment {
  return sql`case
    when p.status in ('token_dead', 'restricted') then p.status
    when p.status = 'disconnected' then case when p.status_reason is not null then 'withdrawn' end
    when p.checked_at is null then null
    when not p.scopes @> ${[...requiredScopes]}::text[] then 'permission'
    when not p.subscribed_fields @> '{messages}' then 'unsubscribed'
    when p.token_expires_at < clock_timestamp() + interval '7 days' then 'expiring'
  end`;
}

function wordsOf(trouble: Trouble, { reason, expires_on: expiresOn }: Changed): string {
  switch (trouble) {
    case "token_dead":
      return `${reason ?? "Facebook no longer accepts its access"}. Reconnect it: until then nothing goes out`;
    case "restricted":
      return `${reason ?? "Meta restricts it"}. Nothing goes out meanwhile; sending is tried again by itself`;
    case "withdrawn":
      return reason ?? "Its access was taken away on Facebook";
    case "permission":
      return "A permission is missing that messages need: reconnect it and grant everything";
    case "unsubscribed":
      return "Its messages do not arrive: repair it";
    case "expiring":
      return `Its access expires on ${expiresOn}: reconnect it before`;
  }
}
