import type { TransactionSql } from "postgres";
import { jobRows } from "#db";
import type { Settling } from "./effects.ts";

/**
 * Meta's response to a private reply has the person: links the delivery to their contact, created with a conversation
 * if unknown. The window stays closed until they reply.
 */
export async function linkRecipients(tx: TransactionSql, all: readonly Settling[]): Promise<void> {
  const rows = all.flatMap(({ flight, effect }) =>
    flight.contactId === null && effect.settlement.state === "sent" && effect.recipientId
      ? [
          {
            id: flight.deliveryId,
            attempt: flight.attemptId,
            workspace: flight.workspaceId,
            page: flight.pageId,
            psid: effect.recipientId,
          },
        ]
      : [],
  );
  if (rows.length === 0) return;
  const json = JSON.stringify(rows);
  await tx`
    with r as materialized (
      select r.* from jsonb_to_recordset(${json}::jsonb)
        as r(id uuid, attempt uuid, workspace uuid, page uuid, psid text)
      -- A person who was deleted meanwhile stays so: their row has lost its comment and its attempt.
      join messaging.deliveries d on d.id = r.id and d.attempt_id = r.attempt and d.contact_id is null
        and d.comment_id is not null),
    person as (
      insert into messaging.contacts (workspace_id, page_id, psid, source)
      select distinct workspace, page, psid, 'comment' from r order by page, psid
      on conflict (page_id, psid) do update set psid = excluded.psid
      returning workspace_id, id, page_id, psid),
    thread as (
      insert into messaging.conversations (workspace_id, id, page_id, last_message_at, preview_direction)
      select workspace_id, id, page_id, clock_timestamp(), 'out' from person order by id
      on conflict do nothing)
    ${tx.unsafe(jobRows.insert)}
    select 'contact.profile', id::text, jsonb_build_object('workspaceId', workspace_id, 'contactId', id), null, now() from person
    ${tx.unsafe(jobRows.unlessThere)}`;
  await tx`
    update messaging.deliveries d set contact_id = c.id
    from jsonb_to_recordset(${json}::jsonb) as r(id uuid, attempt uuid, workspace uuid, page uuid, psid text)
    join messaging.contacts c on c.page_id = r.page and c.psid = r.psid
    where d.id = r.id and d.attempt_id = r.attempt and d.contact_id is null and d.comment_id is not null`;
}
