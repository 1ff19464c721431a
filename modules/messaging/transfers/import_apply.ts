import type postgres from "postgres";

export interface Applying {
  workspaceId: string;
  transferId: string;
  pageId: string;
  /** The last line of the file. */
  lastLine: number;
}

/** Lines of the file per transaction. */
const chunk = 5_000;

/** Applies the next lines, and how far it came, in one transaction. False when nothing is left to do. */
export async function applyChunk(sql: postgres.Sql, applying: Applying): Promise<boolean> {
  const { workspaceId, transferId, lastLine } = applying;
  return await sql.begin(async (tx) => {
    const [held] = await tx<{ progress: string }[]>`
      select progress from messaging.contact_transfers
      where workspace_id = ${workspaceId} and id = ${transferId} and status = 'running'
        and not options ? 'undoneBy' for update`;
    if (!held) return false;
    const after = Number(held.progress);
    if (after >= lastLine) return false;
    const [end] = await tx<{ until: number | null }[]>`
      select max(line) as until from (select line from messaging.contact_import_rows
        where transfer_id = ${transferId} and line > ${after} order by line limit ${chunk}) as next`;
    const until = end?.until ?? lastLine;
    const lines = { ...applying, after, until };
    const contacts = await putContacts(tx, lines);
    await putTags(tx, lines);
    await putFields(tx, lines);
    await tx`
      update messaging.contact_transfers set progress = ${until}, counts = counts || jsonb_build_object(
        'applied', coalesce((counts ->> 'applied')::int8, 0) + ${contacts.made + contacts.changed}::int8,
        'made', coalesce((counts ->> 'made')::int8, 0) + ${contacts.made}::int8,
        'changed', coalesce((counts ->> 'changed')::int8, 0) + ${contacts.changed}::int8)
      where id = ${transferId}`;
    return true;
  });
}

interface Lines extends Applying {
  after: number;
  until: number;
}

/**
 * Creates new contacts and adds the file's values to existing ones. A file never resubscribes: unsubscribed and
 * suppressed contacts stay so.
 */
async function putContacts(
  tx: postgres.TransactionSql,
  { workspaceId, transferId, pageId, after, until }: Lines,
): Promise<{ made: number; changed: number }> {
  const [counted] = await tx<{ made: number; changed: number }[]>`
    with r as materialized (
      select * from messaging.contact_import_rows
      where transfer_id = ${transferId} and line > ${after} and line <= ${until}
    ), put as (
      insert into messaging.contacts as c (workspace_id, page_id, psid, first_name, last_name, name, locale, timezone, source,
        profile_state, subscribed, subscription_reason, subscription_at)
      select ${workspaceId}::uuid, ${pageId}::uuid, r.psid, r.first_name, r.last_name,
        nullif(concat_ws(' ', r.first_name, r.last_name), ''), r.locale, r.timezone, 'import',
        case when r.first_name is null and r.last_name is null then 'wanted' else 'given' end,
        s.psid is null and coalesce(r.subscribed, true),
        case when s.psid is not null then 'On the suppression list' when not r.subscribed then 'Unsubscribed in an import' end,
        case when s.psid is not null or not r.subscribed then now() end
      from r left join messaging.suppressions as s on s.page_id = ${pageId}::uuid and s.psid = r.psid
      order by r.psid
      on conflict (page_id, psid) do update set
        first_name = coalesce(excluded.first_name, c.first_name), last_name = coalesce(excluded.last_name, c.last_name),
        name = coalesce(nullif(concat_ws(' ', coalesce(excluded.first_name, c.first_name),
          coalesce(excluded.last_name, c.last_name)), ''), c.name),
        -- A name that was there already stays whose it was.
        profile_state = case when excluded.first_name <> coalesce(c.first_name, '')
          or excluded.last_name <> coalesce(c.last_name, '') then 'given' else c.profile_state end,
        locale = coalesce(excluded.locale, c.locale), timezone = coalesce(excluded.timezone, c.timezone),
        subscribed = c.subscribed and excluded.subscribed,
        subscription_reason = case when c.subscribed and not excluded.subscribed then excluded.subscription_reason
          else c.subscription_reason end,
        subscription_at = case when c.subscribed and not excluded.subscribed then now() else c.subscription_at end,
        -- Stopped so far by a topic only: from now on also as a whole.
        topic_stopped_at = case when excluded.subscribed then c.topic_stopped_at end
      returning c.id, c.psid, old.id is null as is_new, case when old.id is null then '{}' else jsonb_build_object(
        'firstName', old.first_name, 'lastName', old.last_name, 'name', old.name,
        'profileState', old.profile_state, 'locale', old.locale, 'timezone', old.timezone,
        'subscribed', old.subscribed, 'subscriptionReason', old.subscription_reason,
        'subscriptionAt', old.subscription_at) end as before
    ), noted as (
      update messaging.contact_import_rows as i set contact_id = put.id, is_new = put.is_new, before = put.before
      from r join put on put.psid = r.psid
      where i.transfer_id = ${transferId} and i.line > ${after} and i.line <= ${until} and i.line = r.line
      returning i.is_new
    )
    select count(*) filter (where is_new)::int4 as made, count(*) filter (where not is_new)::int4 as changed from noted`;
  return counted ?? { made: 0, changed: 0 };
}

/** The tags of the file. Of a new contact nothing is noted: all that the line has is of the import. */
async function putTags(
  tx: postgres.TransactionSql,
  { workspaceId, transferId, pageId, after, until }: Lines,
): Promise<void> {
  await tx`
    with r as materialized (
      select line, contact_id, is_new, tag_ids from messaging.contact_import_rows
      where transfer_id = ${transferId} and line > ${after} and line <= ${until} and tag_ids is not null
    ), added as (
      insert into messaging.contact_tags (workspace_id, page_id, contact_id, tag_id)
      select ${workspaceId}::uuid, ${pageId}::uuid, r.contact_id, t.id
      from r join messaging.tags as t on t.workspace_id = ${workspaceId}::uuid and t.id = any(r.tag_ids)
      order by r.contact_id, t.id
      on conflict do nothing returning contact_id, tag_id
    )
    update messaging.contact_import_rows as i set before = i.before || jsonb_build_object('tags', a.tags)
    from (select r.line, jsonb_agg(added.tag_id) as tags from r join added on added.contact_id = r.contact_id
      where not r.is_new group by r.line) as a
    where i.transfer_id = ${transferId} and i.line > ${after} and i.line <= ${until} and i.line = a.line`;
}

/** The values of custom fields, and the replaced ones. An unchanged value triggers no sequence. */
async function putFields(
  tx: postgres.TransactionSql,
  { workspaceId, transferId, pageId, after, until }: Lines,
): Promise<void> {
  await tx`
    with r as materialized (
      select line, contact_id, is_new, fields from messaging.contact_import_rows
      where transfer_id = ${transferId} and line > ${after} and line <= ${until} and fields is not null
    ), put as (
      insert into messaging.contact_fields as f (workspace_id, page_id, contact_id, field_id, type, text_value,
        number_value, date_value, checked_value)
      select ${workspaceId}::uuid, ${pageId}::uuid, r.contact_id, v."fieldId", v.type, v.text, v.number, v.date, v.checked
      from r, jsonb_to_recordset(r.fields)
        as v("fieldId" uuid, type text, text text, number float8, date date, checked bool)
      join messaging.custom_fields as d on d.workspace_id = ${workspaceId}::uuid and d.id = v."fieldId" and d.type = v.type
      order by r.contact_id, v."fieldId"
      on conflict (contact_id, field_id) do update set text_value = excluded.text_value,
        number_value = excluded.number_value, date_value = excluded.date_value,
        checked_value = excluded.checked_value, changed_at = case
          when (f.text_value, f.number_value, f.date_value, f.checked_value) is distinct from
            (excluded.text_value, excluded.number_value, excluded.date_value, excluded.checked_value)
          then now() else f.changed_at end
      returning f.contact_id, f.field_id, f.type, old.field_id is not null as had, old.text_value, old.number_value,
        old.date_value, old.checked_value, old.changed_at
    )
    update messaging.contact_import_rows as i set before = i.before || jsonb_build_object('fields', p.fields)
    from (select r.line, jsonb_agg(jsonb_build_object('fieldId', put.field_id, 'type', put.type, 'had', put.had,
        'text', put.text_value, 'number', put.number_value, 'date', put.date_value, 'checked', put.checked_value,
        'changedAt', put.changed_at)) as fields
      from r join put on put.contact_id = r.contact_id where not r.is_new group by r.line) as p
    where i.transfer_id = ${transferId} and i.line > ${after} and i.line <= ${until} and i.line = p.line`;
}
