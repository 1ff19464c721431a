import type postgres from "postgres";
import { recordActivity } from "#auth";
import { enqueueJobs } from "#db";
import { type LiveBus, notFound, readZone } from "#std";
import { workspaceChannel } from "../deps.ts";
import type { LiveEvent } from "../live_event.ts";
import { removeFile } from "../media/mod.ts";
import { writeBlock } from "./block.ts";
import { deleteContacts } from "./contact_delete.ts";
import { type FacebookBlockDeps, settleFacebookBlock } from "./facebook_block.ts";
import { readFields } from "./field_store.ts";
import { readFieldChanges, writeFieldValues } from "./field_values.ts";
import type { ContactChange, NewContact } from "./schema_changes.ts";
import { problem, say } from "./problems.ts";

export interface ContactChangeDeps {
  sql: postgres.Sql;
  live: LiveBus<LiveEvent>;
}

/** The author of a change, for the history. */
export interface Actor {
  userId: string;
  name: string;
}

interface Target {
  workspaceId: string;
  id: string;
  by: Actor;
}

/**
 * Changes a contact by hand: all of it or, when a part of it makes no sense, none. Facebook is asked for its part of a
 * block afterwards; if Facebook refuses, the contact shows it.
 */
export async function changeContact(
  on: ContactChangeDeps & FacebookBlockDeps,
  target: Target,
  change: ContactChange,
): Promise<void> {
  const fields = change.fields
    ? readFieldChanges(await readFields(on, target.workspaceId), change.fields)
    : null;
  await on.sql.begin(async (tx) => {
    const [held] = await tx`select 1 from messaging.contacts
      where workspace_id = ${target.workspaceId} and id = ${target.id} for no key update`;
    if (!held) throw notFound("contact");
    await writeNames(tx, target, change);
    await writeBlock(tx, target, change);
    if (change.subscribed !== undefined)
      await writeConsents(tx, {
        ...target,
        contactIds: [target.id],
        subscribed: change.subscribed,
        reason: change.subscriptionReason,
      });
    if (change.tagIds) await writeTags(tx, target, change.tagIds);
    if (change.addTagIds) await addTags(tx, target, change.addTagIds);
    if (change.removeTagIds) await removeTags(tx, target, change.removeTagIds);
    if (fields) await writeFieldValues(tx, { ...target, contactId: target.id, ...fields });
    await recordActivity(tx, {
      action: "contact.changed",
      workspaceId: target.workspaceId,
      subject: { id: target.id },
      after: recordable(change),
    });
  });
  if (change.blocked !== undefined) await settleFacebookBlock(on, target);
  await announceContact(on, target);
}

/** The log does not keep names, places and fields of a person: only that they changed. */
const personal = new Set(["firstName", "lastName", "locale", "timezone", "fields", "subscriptionReason"]);

function recordable(change: ContactChange): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(change).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, personal.has(name) ? null : value]],
    ),
  );
}

/** Makes a contact of a PSID that is known from elsewhere. Throws 409 `contact-exists`. */
export async function createContact(
  on: ContactChangeDeps,
  { workspaceId, by, pageId, psid, ...rest }: NewContact & { workspaceId: string; by: Actor },
): Promise<string> {
  const fields = readFieldChanges(rest.fields ? await readFields(on, workspaceId) : [], rest.fields ?? {});
  const id = await on.sql.begin(async (tx) => {
    const [page] =
      await tx`select 1 from messaging.pages where workspace_id = ${workspaceId} and id = ${pageId}`;
    if (!page) throw notFound("page");
    // A contact on the suppression list stays unsubscribed, however they return.
    const [row] = await tx<{ id: string }[]>`
      insert into messaging.contacts (workspace_id, page_id, psid, source, subscribed, subscription_reason, subscription_at)
      select ${workspaceId}::uuid, ${pageId}::uuid, ${psid}, 'manual', s.psid is null,
        case when s.psid is not null then 'On the suppression list' end, case when s.psid is not null then now() end
      from (select 1) as one
      left join messaging.suppressions as s on s.page_id = ${pageId}::uuid and s.psid = ${psid}
      on conflict (page_id, psid) do nothing returning id`;
    if (!row) throw problem("contact-exists");
    const target = { workspaceId, id: row.id, by };
    await writeNames(tx, target, rest);
    if (rest.tagIds) await writeTags(tx, target, rest.tagIds);
    await writeFieldValues(tx, { workspaceId, contactId: row.id, ...fields });
    if (!hasName(rest)) {
      const payload = { workspaceId, contactId: row.id };
      await enqueueJobs(tx, [{ kind: "contact.profile", key: row.id, payload }]);
    }
    await recordActivity(tx, { action: "contact.created", workspaceId, subject: row, after: { pageId } });
    return row.id;
  });
  await announceContact(on, { workspaceId, id });
  return id;
}

/** Deletes a contact with the whole thread; 404 when this workspace has none with this id. */
export async function removeContact(
  on: Pick<ContactChangeDeps, "sql" | "live"> & { config: { dataDir: string } },
  { workspaceId, id, by }: Target,
): Promise<void> {
  const { deleted, fileKeys } = await on.sql.begin(async (tx) => {
    const done = await deleteContacts(tx, { workspaceId, contactIds: [id], userId: by.userId });
    if (done.deleted > 0)
      await recordActivity(tx, { action: "contact.deleted", workspaceId, subject: { id } });
    return done;
  });
  if (deleted === 0) throw notFound("contact");
  for (const key of fileKeys) await removeFile(on.config.dataDir, key);
  await on.live.publish(workspaceChannel(workspaceId), [{ name: "contact", data: { contactId: id } }]);
}

const hasName = (rest: { firstName?: string | null; lastName?: string | null }) =>
  Boolean(rest.firstName?.trim() || rest.lastName?.trim());

/** As it is stored. Throws 422 `contact-timezone-unknown`. */
function zoneOf(text: string | null | undefined): string | null {
  const zone = text?.trim() ?? null;
  if (zone === null || readZone(zone) !== null) return zone;
  throw problem("contact-timezone-unknown", { zone });
}

async function writeNames(
  tx: postgres.TransactionSql,
  { workspaceId, id }: { workspaceId: string; id: string },
  { firstName, lastName, locale, timezone }: ContactChange,
): Promise<void> {
  const tidy = (text: string | null | undefined) => text?.trim() || null;
  await tx`
    update messaging.contacts as c set
      first_name = case when ${firstName !== undefined} then ${tidy(firstName)} else first_name end,
      last_name = case when ${lastName !== undefined} then ${tidy(lastName)} else last_name end,
      locale = case when ${locale !== undefined} then ${locale ?? null} else locale end,
      timezone = case when ${timezone !== undefined} then ${zoneOf(timezone)} else timezone end
    where workspace_id = ${workspaceId} and id = ${id}`;
  if (firstName === undefined && lastName === undefined) return;
  await tx`
    update messaging.contacts set name = nullif(trim(concat_ws(' ', first_name, last_name)), ''),
      profile_state = case when first_name is null and last_name is null then 'wanted' else 'given' end
    where workspace_id = ${workspaceId} and id = ${id}`;
}

export interface ConsentChange {
  workspaceId: string;
  contactIds: readonly string[];
  subscribed: boolean;
  reason?: string | undefined;
  by: Actor;
}

/** A changed contact with its previous values, for an undo. */
export interface Changed {
  id: string;
  before: unknown;
}

/** Subscribes or unsubscribes by hand, with a line in each history; answers whose consent changed. */
export async function writeConsents(
  tx: postgres.TransactionSql,
  { workspaceId, contactIds, subscribed, reason, by }: ConsentChange,
): Promise<Changed[]> {
  const why =
    reason?.trim() ||
    say(subscribed ? "consent-subscribed-by" : "consent-unsubscribed-by", { name: by.name }).text;
  return await tx<Changed[]>`
    with kept as (
      -- Stopped so far by a topic only: from now on also as a whole, so that no word on the topic lifts it.
      update messaging.contacts set topic_stopped_at = null
      where not ${subscribed} and workspace_id = ${workspaceId} and id = any(${[...contactIds]}::uuid[])
        and not subscribed and topic_stopped_at is not null
    ), changed as (
      update messaging.contacts set subscribed = ${subscribed}, subscription_reason = ${why}, subscription_at = now()
      where workspace_id = ${workspaceId} and id = any(${[...contactIds]}::uuid[]) and subscribed <> ${subscribed}
      returning id, page_id, psid, jsonb_build_object('reason', old.subscription_reason, 'at', old.subscription_at,
        'changedAt', new.subscription_at) as before
    ), line as (
      insert into messaging.events (workspace_id, page_id, conversation_id, key, kind, actor_user_id, data, at)
      select ${workspaceId}::uuid, changed.page_id, changed.id, 'consent:' || gen_random_uuid(), 'consent',
        ${by.userId}::uuid, jsonb_build_object('subscribed', ${subscribed}::bool, 'reason', ${why}::text), now()
      from changed join messaging.conversations as v
        on v.workspace_id = ${workspaceId} and v.id = changed.id and v.page_id = changed.page_id
    ), lifted as (
      -- A new opt-in removes the entries of an earlier opt-out.
      delete from messaging.suppressions as s using changed
      where ${subscribed} and s.page_id = changed.page_id and s.psid = changed.psid and s.reason in ('stop', 'deleted')
      returning changed.id, jsonb_build_object('reason', s.reason, 'by_user_id', s.by_user_id,
        'created_at', s.created_at) as was
    )
    select changed.id, changed.before || jsonb_build_object('lifted', lifted.was) as before
    from changed left join lifted on lifted.id = changed.id`;
}

async function writeTags(
  tx: postgres.TransactionSql,
  { workspaceId, id }: { workspaceId: string; id: string },
  tagIds: readonly string[],
): Promise<void> {
  await tx`delete from messaging.contact_tags where workspace_id = ${workspaceId} and contact_id = ${id}
    and tag_id <> all (${[...tagIds]}::uuid[])`;
  await addTags(tx, { workspaceId, id }, tagIds);
}

async function removeTags(
  tx: postgres.TransactionSql,
  { workspaceId, id }: { workspaceId: string; id: string },
  tagIds: readonly string[],
): Promise<void> {
  await tx`delete from messaging.contact_tags where workspace_id = ${workspaceId} and contact_id = ${id}
    and tag_id = any(${[...tagIds]}::uuid[])`;
}

async function addTags(
  tx: postgres.TransactionSql,
  { workspaceId, id }: { workspaceId: string; id: string },
  tagIds: readonly string[],
): Promise<void> {
  await checkTags(tx, workspaceId, tagIds);
  await tx`
    insert into messaging.contact_tags (workspace_id, page_id, contact_id, tag_id)
    select c.workspace_id, c.page_id, c.id, tag from messaging.contacts as c, unnest(${[...tagIds]}::uuid[]) as tag
    where c.workspace_id = ${workspaceId} and c.id = ${id} on conflict do nothing`;
}

/** Throws 422 `tag-unknown` unless all are tags of the workspace. */
export async function checkTags(
  tx: postgres.Sql | postgres.TransactionSql,
  workspaceId: string,
  tagIds: readonly string[],
): Promise<void> {
  const known = await tx`select 1 from messaging.tags
    where workspace_id = ${workspaceId} and id = any(${[...tagIds]}::uuid[])`;
  if (known.length === new Set(tagIds).size) return;
  throw problem("tag-unknown");
}

/** Tells the screens that a contact changed. */
export async function announceContact(
  { sql, live }: Pick<ContactChangeDeps, "sql" | "live">,
  { workspaceId, id }: { workspaceId: string; id: string },
): Promise<void> {
  // Contacts added by hand without a message have none.
  const [conversation] = await sql`
    select 1 from messaging.conversations where workspace_id = ${workspaceId} and id = ${id}`;
  await live.publish(workspaceChannel(workspaceId), [
    { name: "contact", data: { contactId: id } },
    ...(conversation ? [{ name: "conversation", data: { conversationId: id } } as const] : []),
  ]);
}
