import type postgres from "postgres";
import { JobDelayed, type JobHandler, jobRows } from "#db";
import { profileJob, deleteContacts } from "../contacts/mod.ts";
import { removeFiles } from "./bulk.ts";
import type { ImportJobDeps } from "./import_job.ts";
import { transferHandler } from "./transfer_job.ts";
import { announceTransfer, endTransfer } from "./transfer_store.ts";

const chunk = 2_000;
const turnMs = 45_000;

/** Takes an import back in chunks, each of which forgets its lines in the same transaction. */
export function importUndoHandler(on: ImportJobDeps): JobHandler {
  return transferHandler(on, {
    remedy: "undo",
    undoes: true,
    async run({ workspaceId, id: transferId, byUserId: userId }) {
      const end = performance.now() + turnMs;
      while (await undoChunk(on, { workspaceId, transferId, userId })) {
        await announceTransfer(on, workspaceId, transferId);
        if (performance.now() > end) throw new JobDelayed(0, "Goes on in its next turn");
      }
      await endTransfer(on, { workspaceId, id: transferId, status: "undone" });
    },
  });
}

async function undoChunk(
  on: ImportJobDeps,
  { workspaceId, transferId, userId }: { workspaceId: string; transferId: string; userId: string | null },
): Promise<boolean> {
  const { isMore, fileKeys } = await on.sql.begin(async (tx) => {
    const rows = await tx<{ line: number; contactId: string; isGone: boolean }[]>`
      select r.line, r.contact_id as "contactId", r.is_new and c.last_inbound_at is null
        and not exists (select from messaging.conversations as v where v.workspace_id = c.workspace_id and v.id = c.id)
        and not exists (select from messaging.deliveries as d where d.contact_id = c.id) as "isGone"
      from messaging.contact_import_rows as r
      join messaging.contacts as c on c.workspace_id = ${workspaceId}::uuid and c.id = r.contact_id
      where r.transfer_id = ${transferId} order by r.line desc limit ${chunk} for update of r`;
    if (rows.length === 0) return { isMore: false, fileKeys: [] };
    const lines = rows.map((row) => row.line);
    // Contacts with messages since then stay: only the import's changes on them are undone.
    const gone = rows.filter((row) => row.isGone).map((row) => row.contactId);
    await restore(tx, { workspaceId, transferId, lines });
    const { fileKeys, deleted } = await deleteContacts(tx, { workspaceId, contactIds: gone, userId });
    await tx`delete from messaging.contact_import_rows
      where transfer_id = ${transferId} and line = any(${lines}::int4[])`;
    await tx`update messaging.contact_transfers set counts = counts || jsonb_build_object(
        'undone', coalesce((counts ->> 'undone')::int8, 0) + ${rows.length}::int8,
        'deleted', coalesce((counts ->> 'deleted')::int8, 0) + ${deleted}::int8)
      where id = ${transferId}`;
    return { isMore: true, fileKeys };
  });
  await removeFiles(on, fileKeys);
  return isMore;
}

/** Restores replaced values that were not changed since. */
async function restore(
  tx: postgres.TransactionSql,
  { workspaceId, transferId, lines }: { workspaceId: string; transferId: string; lines: readonly number[] },
): Promise<void> {
  const rows = tx`(select * from messaging.contact_import_rows
    where transfer_id = ${transferId} and line = any(${[...lines]}::int4[])) as r`;
  // New contacts had no values: all values of the line are removed.
  await tx`delete from messaging.contact_tags as t
    using ${rows}, lateral (
      select tag_id from unnest(r.tag_ids) as tag_id where r.is_new
      union all select tag::uuid from jsonb_array_elements_text(r.before -> 'tags') as tag) as added
    where t.workspace_id = ${workspaceId}::uuid and t.contact_id = r.contact_id and t.tag_id = added.tag_id`;
  const values = tx`${rows}
    cross join lateral jsonb_to_recordset(r.fields)
      as given("fieldId" uuid, text text, number float8, date date, checked bool)
    left join lateral jsonb_to_recordset(r.before -> 'fields')
      as v("fieldId" uuid, had bool, text text, number float8, date date, checked bool, "changedAt" timestamptz)
      on v."fieldId" = given."fieldId"`;
  const isAsGiven = tx`f.workspace_id = ${workspaceId}::uuid and f.contact_id = r.contact_id
    and f.field_id = given."fieldId" and f.text_value is not distinct from given.text
    and f.number_value is not distinct from given.number and f.date_value is not distinct from given.date
    and f.checked_value is not distinct from given.checked`;
  await tx`delete from messaging.contact_fields as f using ${values} where ${isAsGiven} and v.had is not true`;
  // With their old time, so that no sequence starts a second time.
  await tx`update messaging.contact_fields as f set text_value = v.text, number_value = v.number,
      date_value = v.date, checked_value = v.checked, changed_at = coalesce(v."changedAt", now())
    from ${values} where ${isAsGiven} and v.had`;
  const had = (name: string) => tx`(r.before ->> ${name}::text)`;
  const isNamed = tx`((r.first_name is not null or r.last_name is not null)
    and c.first_name is not distinct from coalesce(r.first_name, ${had("firstName")})
    and c.last_name is not distinct from coalesce(r.last_name, ${had("lastName")}))`;
  // The contact's own later choice has another reason.
  const isRefused = tx`(c.subscription_reason = 'Unsubscribed in an import' and r.subscribed is false
    or c.subscription_reason = 'On the suppression list' and not r.is_new)`;
  // For new contacts with messages, Meta is asked for the name.
  await tx`with back as (
    update messaging.contacts as c set
      first_name = case when ${isNamed} then ${had("firstName")} else c.first_name end,
      last_name = case when ${isNamed} then ${had("lastName")} else c.last_name end,
      name = case when ${isNamed} then ${had("name")} else c.name end,
      profile_state = case when ${isNamed} then coalesce(${had("profileState")}, 'wanted') else c.profile_state end,
      locale = case when not r.is_new and c.locale is not distinct from coalesce(r.locale, ${had("locale")})
        then ${had("locale")} else c.locale end,
      timezone = case when not r.is_new and c.timezone is not distinct from coalesce(r.timezone, ${had("timezone")})
        then ${had("timezone")} else c.timezone end,
      subscribed = case when ${isRefused} then coalesce(${had("subscribed")}::bool, true) else c.subscribed end,
      subscription_reason = case when ${isRefused} then ${had("subscriptionReason")} else c.subscription_reason end,
      subscription_at = case when ${isRefused} then ${had("subscriptionAt")}::timestamptz else c.subscription_at end
    from ${rows} where c.workspace_id = ${workspaceId}::uuid and c.id = r.contact_id
    returning c.workspace_id, c.id, r.is_new and c.last_inbound_at is not null and new.profile_state = 'wanted'
      and old.profile_state <> 'wanted' as is_asked)
    ${tx.unsafe(jobRows.insert)}
    select ${profileJob}, id::text, jsonb_build_object('workspaceId', workspace_id, 'contactId', id), null, now()
    from back where is_asked order by id ${tx.unsafe(jobRows.unlessThere)}`;
}
