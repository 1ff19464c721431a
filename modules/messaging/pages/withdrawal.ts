import type { TransactionSql } from "postgres";
import { sha256Hex } from "#std";
import { closeLanes } from "../delivery/mod.ts";
import { workspaceChannel } from "../deps.ts";
import type { PageDeps } from "./deps.ts";
import { storeDisconnected } from "./page_store.ts";
import type { SignedRequest } from "./signed_request.ts";
import { say } from "./health_sentences.ts";

type On = Pick<PageDeps, "sql" | "live">;

interface OwnPage {
  id: string;
  workspaceId: string;
}

const reason = say("page-withdrawn").text;

/**
 * Disconnects the pages that a person's login gave, or the one page that Meta names: their tokens are dead, and
 * nothing more goes out. Contacts and messages stay. Answers how many; doing it twice is fine.
 */
export async function withdrawAccess(on: On, { asid, facebookId }: SignedRequest): Promise<number> {
  const asids = asid === null ? [] : [asid];
  const pages = await on.sql.begin((tx) => disconnect(tx, { asids, facebookId }));
  await publishChanges(on, pages);
  return pages.length;
}

/** Disconnects the pages of people who logged in with Facebook, and forgets these people's ids and logins. */
export async function forgetLogins(on: On, asids: readonly string[]): Promise<number> {
  const pages = await on.sql.begin((tx) => forget(tx, asids));
  await publishChanges(on, pages);
  return pages.length;
}

/**
 * Deletes the data of a person who logged in with Facebook. Returns the code of the status page, which the
 * request itself makes: the same request, told again, has the same page.
 */
export async function deleteLoginData(on: On, request: SignedRequest, signed: string): Promise<string> {
  const code = sha256Hex(signed).slice(0, 32);
  const pages = await on.sql.begin(async (tx) => {
    const forgotten = request.asid === null ? [] : await forget(tx, [request.asid]);
    await tx`insert into messaging.data_deletions (code, pages) values (${code}, ${forgotten.length})
      on conflict do nothing`;
    return forgotten;
  });
  await publishChanges(on, pages);
  return code;
}

async function disconnect(
  tx: TransactionSql,
  { asids, facebookId }: { asids: readonly string[]; facebookId: string | null },
): Promise<OwnPage[]> {
  const pages = await tx<OwnPage[]>`
    select id, workspace_id as "workspaceId" from messaging.pages
    where status <> 'disconnected' and (connected_by_asid = any(${[...asids]}::text[]) or facebook_id = ${facebookId})
    order by id`;
  for (const { id, workspaceId } of pages) {
    await storeDisconnected(tx, id, reason);
    await closeLanes(tx, { workspaceId, pageId: id });
  }
  return [...pages];
}

async function forget(tx: TransactionSql, asids: readonly string[]): Promise<OwnPage[]> {
  const pages = await disconnect(tx, { asids, facebookId: null });
  await tx`update messaging.pages set connected_by_asid = null
    where connected_by_asid = any(${[...asids]}::text[])`;
  await tx`delete from messaging.facebook_logins where asid = any(${[...asids]}::text[])`;
  return pages;
}

async function publishChanges(on: On, pages: readonly OwnPage[]): Promise<void> {
  for (const { id, workspaceId } of pages)
    await on.live.publish(workspaceChannel(workspaceId), [{ name: "page", data: { pageId: id } }]);
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
