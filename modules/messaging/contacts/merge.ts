import type postgres from "postgres";
import { activityRows, recordActivity, type Viewer } from "#auth";
import { log, notFound } from "#std";
import { type Actor, announceContact, type ContactChangeDeps } from "./contact_change.ts";
import { seesContact } from "../sight/mod.ts";
import { problem } from "./problems.ts";

/** A person may have so many contacts. */
const mostContacts = 20;

export interface Merging {
  workspaceId: string;
  id: string;
  /** Other contacts of the same person. */
  contactIds: readonly string[];
  by: Actor;
}

/**
 * Says that contacts are one person, with all who were merged with one of them before. Each keeps its PSID, thread,
 * tags and consent. Throws 404 without such a contact, 422 `contact-unknown`, 409
 * `person-too-large` beyond twenty.
 */
export async function mergeContacts(
  on: ContactChangeDeps,
  { workspaceId, id, contactIds, by }: Merging,
): Promise<void> {
  const wanted = [...new Set([id, ...contactIds])];
  const merged = await on.sql.begin(async (tx) => {
    // Of two merges at once, the second one sees who became one person by the first.
    await tx`select pg_advisory_xact_lock(hashtextextended('persons ' || ${workspaceId}::text, 0))`;
    const all = await tx<{ id: string; personId: string | null }[]>`
      select id, person_id as "personId" from messaging.contacts
      where workspace_id = ${workspaceId} and (id = any(${wanted}::uuid[]) or person_id = any(array(
        select person_id from messaging.contacts where workspace_id = ${workspaceId} and id = any(${wanted}::uuid[]))))
      order by id for no key update`;
    const isHere = (one: string) => all.some((contact) => contact.id === one);
    if (!isHere(id)) throw notFound("contact");
    if (!contactIds.every(isHere)) throw problem("contact-unknown");
    if (all.length > mostContacts) throw problem("person-too-large", { most: mostContacts });
    const personId = all.find((contact) => contact.personId !== null)?.personId ?? Bun.randomUUIDv7();
    const ids = all.map((contact) => contact.id);
    await tx`update messaging.contacts set person_id = ${personId}
      where workspace_id = ${workspaceId} and id = any(${ids}::uuid[]) and person_id is distinct from ${personId}`;
    await recordActivity(tx, {
      action: "contact.merged",
      workspaceId,
      subject: { id },
      after: { contactIds: ids.filter((one) => one !== id) },
    });
    return ids;
  });
  log.info("Contacts merged", { workspaceId, contactIds: merged, userId: by.userId });
  for (const one of merged) await announceContact(on, { workspaceId, id: one });
}

/** Takes a contact out of its person; the others stay one. 404 without such a contact. */
export async function separateContact(
  on: ContactChangeDeps,
  { workspaceId, id, by }: { workspaceId: string; id: string; by: Actor },
): Promise<void> {
  const { sql } = on;
  const [left] = await sql<{ personId: string | null }[]>`
    with changed as (
      update messaging.contacts set person_id = null where workspace_id = ${workspaceId} and id = ${id}
      returning id, old.person_id as "personId"),
    recorded as (${activityRows(
      sql,
      { action: "contact.separated", workspaceId },
      { from: sql`changed`, id: sql`id` },
    )})
    select "personId" from changed`;
  if (!left) throw notFound("contact");
  log.info("Contact separated", { workspaceId, contactId: id, userId: by.userId });
  const others = await on.sql<{ id: string }[]>`
    select id from messaging.contacts where workspace_id = ${workspaceId} and person_id = ${left.personId}`;
  for (const one of [id, ...others.map((other) => other.id)])
    await announceContact(on, { workspaceId, id: one });
}

/** Other contacts of a contact's person that the viewer sees. */
export async function readSamePerson(
  sql: postgres.Sql,
  workspaceId: string,
  { id, viewer }: { id: string; viewer: Viewer | undefined },
): Promise<string[]> {
  const rows = await sql<{ id: string }[]>`
    select p.id from messaging.contacts p
    where p.workspace_id = ${workspaceId} and p.id <> ${id} and p.person_id = (
      select person_id from messaging.contacts where workspace_id = ${workspaceId} and id = ${id})
      ${seesContact(sql, viewer, "p")}
    order by p.id`;
  return rows.map((row) => row.id);
}
