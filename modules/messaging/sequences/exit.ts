import type { Fragment, Sql, TransactionSql } from "postgres";
import { endWaiting } from "../delivery/mod.ts";
import { judgedContacts } from "./judge.ts";
import { firstIdOf } from "./seen.ts";

/** Older actions count when the next step is due. */
const lookBackSeconds = 20;

/** Exits contacts at once who just replied, opted out, or got the sequence's exit tag. */
export async function exitSequences(sql: Sql): Promise<number> {
  return await sql.begin(async (tx) => {
    // The time of a clock that runs on would be no bound for an index.
    const since = tx`(statement_timestamp() - make_interval(secs => ${lookBackSeconds}))`;
    return await exit(
      tx,
      tx`
      select e.id from (
        select distinct workspace_id from messaging.campaigns
        where kind = 'sequence' and status = 'running') has_some
      join messaging.messages m on m.workspace_id = has_some.workspace_id and m.id >= ${firstIdOf(tx, since)}
        and m.direction = 'in'
      join messaging.enrolments e on e.contact_id = m.conversation_id and e.status = 'active'
      union
      select e.id from messaging.campaigns k
      join messaging.contact_tags t on t.tag_id = (k.draft #>> '{exit,onTagId}')::uuid and t.tagged_at > ${since}
      join messaging.enrolments e on e.campaign_id = k.id and e.contact_id = t.contact_id and e.status = 'active'
      where k.kind = 'sequence' and k.status = 'running'`,
    );
  });
}

/** Exits contacts who opened the link of a sequence's message, if that is an exit. */
export async function exitByClick(tx: TransactionSql, deliveryId: string): Promise<void> {
  await exit(
    tx,
    tx`
    select e.id from messaging.deliveries d
    join messaging.enrolments e on e.campaign_id = d.campaign_id and e.contact_id = d.contact_id and e.status = 'active'
    where d.id = ${deliveryId}`,
  );
}

async function exit(tx: TransactionSql, enrolmentIds: Fragment): Promise<number> {
  const exited = await tx<{ id: string }[]>`
    with acted as materialized (${enrolmentIds}), due as materialized (
      select e.*, k.draft -> 'exit' as exit from acted
      join messaging.enrolments e on e.id = acted.id and e.status = 'active'
      join messaging.campaigns k on k.workspace_id = e.workspace_id and k.id = e.campaign_id and k.status = 'running'
      for update of e skip locked
    ), ${judgedContacts(tx)}
    update messaging.enrolments e set status = 'exited', exit_reason = j.leaves, ended_at = clock_timestamp()
    from judged j where e.id = j.id and j.leaves is not null
    returning e.id`;
  if (exited.length > 0)
    await cancelWaiting(
      tx,
      exited.map(({ id }) => id),
    );
  return exited.length;
}

/** Cancels queued messages of exited contacts; a message being claimed right now is in flight. */
export async function cancelWaiting(tx: TransactionSql, enrolmentIds: readonly string[]): Promise<void> {
  await endWaiting(
    tx,
    tx`
    select d.id, 'cancelled' as state, 'left-sequence' as reason from messaging.enrolments e
    join messaging.deliveries d on d.campaign_id = e.campaign_id and d.contact_id = e.contact_id and d.state = 'queued'
    where e.id = any(${[...enrolmentIds]}::uuid[]) for update of d skip locked`,
  );
}
