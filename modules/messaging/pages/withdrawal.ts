import { sha256Hex } from "#std";
import { closeLanes } from "../delivery/mod.ts";
import { workspaceChannel } from "../deps.ts";
import type { PageDeps } from "./deps.ts";
import { storeDisconnected } from "./page_store.ts";
import type { SignedRequest } from "./signed_request.ts";

type On = Pick<PageDeps, "sql" | "live">;

interface OwnPage {
  id: string;
  workspaceId: string;
}

const reason = "On Facebook this app's access to the page was taken away. Reconnect the page to go on";

/**
 * Disconnects the pages that a person's login gave, or the one page that Meta names: their tokens are dead, and
 * nothing more goes out. Contacts and messages stay. Answers how many; doing it twice is fine.
 */
export async function withdrawAccess(on: On, { asid, facebookId }: SignedRequest): Promise<number> {
  const pages = await on.sql<OwnPage[]>`
    select id, workspace_id as "workspaceId" from messaging.pages
    where status <> 'disconnected' and (connected_by_asid = ${asid} or facebook_id = ${facebookId}) order by id`;
  for (const { id, workspaceId } of pages) {
    await on.sql.begin(async (tx) => {
      await storeDisconnected(tx, id, reason);
      await closeLanes(tx, { workspaceId, pageId: id });
    });
    await on.live.publish(workspaceChannel(workspaceId), [{ name: "page", data: { pageId: id } }]);
  }
  return pages.length;
}

/** Disconnects the pages of people who logged in with Facebook, and forgets these people's ids and logins. */
export async function forgetLogins(on: On, asids: readonly string[]): Promise<number> {
  let pages = 0;
  for (const asid of asids) pages += await withdrawAccess(on, { asid, facebookId: null });
  await on.sql`update messaging.pages set connected_by_asid = null
    where connected_by_asid = any(${[...asids]}::text[])`;
  await on.sql`delete from messaging.facebook_logins where asid = any(${[...asids]}::text[])`;
  return pages;
}

/**
 * Deletes what is kept about a person who logged in with Facebook. Answers the code of the status page, which the
 * request itself makes: the same request, told again, has the same page.
 */
export async function deleteLoginData(on: On, request: SignedRequest, signed: string): Promise<string> {
  const code = sha256Hex(signed).slice(0, 32);
  const pages = request.asid === null ? 0 : await forgetLogins(on, [request.asid]);
  await on.sql`insert into messaging.data_deletions (code, pages) values (${code}, ${pages}) on conflict do nothing`;
  return code;
}

/** When a deletion was done, and how many pages were disconnected by it; null for a code that was never given. */
export async function readDeletion(
  { sql }: Pick<PageDeps, "sql">,
  code: string,
): Promise<{ doneOn: string; pages: number } | null> {
  const [row] = await sql<{ doneOn: string; pages: number }[]>`
    select to_char(done_at at time zone 'UTC', 'YYYY-MM-DD') as "doneOn", pages from messaging.data_deletions
    where code = ${code}`;
  return row ?? null;
}
