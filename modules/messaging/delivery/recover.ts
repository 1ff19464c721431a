import { log } from "#std";
import { GraphError, listSentCopies, type SentCopy, openPageToken } from "../graph/mod.ts";
import { recordDeltas } from "./deltas.ts";
import { type AttemptedMessage, findCopy } from "./find_copy.ts";
import { firstDue } from "./lane_due.ts";
import { takeLookup } from "./lookup.ts";
import type { DeliveryDeps, DeliverySettings } from "./settings.ts";

/**
 * Attempts of unknown outcome, each denied by Meta when asked, after which a person has to look. Two would be met by
 * somebody whose message was on its way at two crashes.
 */
const mostUnknowns = 5;

export interface Recovered {
  conversations: { workspaceId: string; contactId: string }[];
}

interface UnknownRow extends AttemptedMessage {
  attempt_id: string;
  age_seconds: number;
  unknowns: number;
  workspace_id: string;
  /** Null: whoever wrote the comment is nobody's contact, or the contact was deleted. */
  contact_id: string | null;
  psid: string;
  message_id: string | null;
  facebook_id: string;
  token_sealed: string | null;
}

/**
 * Looks after what no worker holds: messages on their way when a worker died become `unknown`, Meta is asked once about
 * those whose echo did not come, and lanes that somebody forgot become due. Any process may do it, all may at once.
 */
export async function recover(on: DeliveryDeps, settings: DeliverySettings): Promise<Recovered> {
  const conversations = await giveUpLeases(on, settings);
  for (const row of await takeUnknown(on)) {
    if ((await resolveUnknown(on, row, settings)) && row.contact_id !== null)
      conversations.push({ workspaceId: row.workspace_id, contactId: row.contact_id });
  }
  await wakeForgotten(on);
  return { conversations };
}

async function giveUpLeases(
  { sql }: DeliveryDeps,
  { graceSeconds, sendTimeoutMs }: DeliverySettings,
): Promise<Recovered["conversations"]> {
  // A claim whose commit was not heard of leaves messages that no worker knows, under a lease that goes on.
  const lostSeconds = graceSeconds + sendTimeoutMs / 1000;
  return await sql<{ workspaceId: string; contactId: string }[]>`
    with changed as (
      update messaging.deliveries d
      set state = 'unknown', unknowns = d.unknowns + 1,
          due_at = greatest(clock_timestamp(), d.attempt_at + make_interval(secs => ${graceSeconds}::float8))
      where d.id = any (array(
        select d.id from messaging.deliveries d join messaging.paces pace on pace.page_id = d.page_id
          and pace.kind = case d.class when 'media' then 'media' else 'text' end
        where d.state = 'sending' and d.state in ('leased', 'sending', 'unknown')
          and (pace.leased_by is null or pace.leased_until < clock_timestamp() or pace.epoch <> d.lane_epoch
            or d.attempt_at < clock_timestamp() - make_interval(secs => ${lostSeconds}::float8))
        limit 500 for update of d skip locked)) and d.state = 'sending'
      returning d.workspace_id, d.contact_id, d.campaign_id, old.state as was, new.state as became),
    delta as (${sql.unsafe(recordDeltas)})
    select workspace_id as "workspaceId", contact_id as "contactId" from changed where campaign_id is null`;
}

async function takeUnknown({ sql }: DeliveryDeps): Promise<UnknownRow[]> {
  // Moved on before Meta is asked, so that two processes never ask for the same one.
  return await sql<UnknownRow[]>`
    with taken as (
      update messaging.deliveries d set due_at = clock_timestamp() + interval '30 s'
      where d.id = any (array(
        select id from messaging.deliveries where state = 'unknown' and state in ('leased', 'sending', 'unknown')
          and due_at <= clock_timestamp()
        order by due_at limit 20 for update skip locked))
      returning d.*)
    select d.id, d.attempt_id, (extract(epoch from d.attempt_at) * 1000)::float8 as attempt_at,
           extract(epoch from clock_timestamp() - d.attempt_at)::float8 as age_seconds, d.unknowns::int4,
           d.workspace_id, d.page_id, d.contact_id, d.psid, d.message_id, content.message, d.fills, u.definition,
           p.facebook_id, p.token_sealed
    from taken d
    join messaging.contents content on content.workspace_id = d.workspace_id and content.id = d.content_id
    join messaging.pages p on p.workspace_id = d.workspace_id and p.id = d.page_id
    left join lateral (
      select jsonb_build_object('name', name, 'language', language, 'parameterFormat', parameter_format,
        'components', components) as definition
      from messaging.utility_templates
      where page_id = d.page_id and name = content.message #>> '{template,name}'
        and language = content.message #>> '{template,language,code}' limit 1) u on true
    order by d.attempt_at`;
}

/** True when the row's state changed. */
async function resolveUnknown(
  on: DeliveryDeps,
  row: UnknownRow,
  settings: DeliverySettings,
): Promise<boolean> {
  if (row.token_sealed === null) return await finish(on, row, { kind: "unconfirmed" });
  if (!(await takeLookup(on.sql, row.page_id))) {
    await askLater(on, row, 1);
    return false;
  }
  let copies: SentCopy[];
  try {
    const token = openPageToken(on.keyring, row.facebook_id, row.token_sealed);
    copies = await listSentCopies(on.graph, { pageFacebookId: row.facebook_id, token, psid: row.psid });
  } catch (error) {
    if (row.age_seconds > settings.giveUpSeconds) return await finish(on, row, { kind: "unconfirmed" });
    log.warn("Cannot ask Meta about a message whose outcome is unknown; asking again later", {
      deliveryId: row.id,
      error,
    });
    const isMissing = error instanceof GraphError && error.class === "invalid";
    await askLater(on, row, isMissing ? settings.giveUpSeconds / 3 : Math.max(2, settings.graceSeconds));
    return false;
  }
  const found = await findCopy(on, row, copies);
  if (found) return await finish(on, row, { kind: "sent", mid: found });
  return await finish(on, row, { kind: row.unknowns < mostUnknowns ? "again" : "unconfirmed" });
}

type Ending = { kind: "sent"; mid: string } | { kind: "again" } | { kind: "unconfirmed" };

async function finish({ sql }: DeliveryDeps, row: UnknownRow, ending: Ending): Promise<boolean> {
  return await sql.begin(async (tx) => {
    const state = { sent: "sent", again: "queued", unconfirmed: "failed" }[ending.kind];
    const mid = ending.kind === "sent" ? ending.mid : null;
    const changed = await tx`
      with changed as (
        update messaging.deliveries d
        set state = ${state}, due_at = clock_timestamp(),
            mid = case when d.message_id is null then coalesce(${mid}, d.mid) end,
            reason = case when ${state} = 'failed' then 'unconfirmed' end,
            settled_at = case when ${state} = 'queued' then null else clock_timestamp() end
        where id = ${row.id} and attempt_id = ${row.attempt_id} and state = 'unknown'
        returning d.id, d.campaign_id, old.state as was, new.state as became),
      delta as (${tx.unsafe(recordDeltas)})
      select id from changed`;
    if (changed.length === 0) return false;
    if (ending.kind === "sent") {
      await tx`delete from messaging.messages where page_id = ${row.page_id} and mid = ${ending.mid}
        and id is distinct from ${row.message_id} and author_kind = 'external'`;
      await tx`update messaging.messages set mid = ${ending.mid}
        where ${row.message_id}::uuid is not null and workspace_id = ${row.workspace_id} and id = ${row.message_id} and mid is null`;
    }
    return true;
  });
}

async function askLater({ sql }: DeliveryDeps, row: UnknownRow, seconds: number): Promise<void> {
  await sql`update messaging.deliveries set due_at = clock_timestamp() + make_interval(secs => ${seconds}::float8)
    where id = ${row.id} and attempt_id = ${row.attempt_id} and state = 'unknown'`;
}

/** Messages that an earlier one held back, and whose turn came by an echo or a resume: nobody else would notice. */
async function wakeForgotten({ sql }: DeliveryDeps): Promise<void> {
  await sql`
    update messaging.lanes l set next_eligible_at = greatest(clock_timestamp(), l.held_until)
    from (
      select l.page_id, l.class from messaging.lanes l
      where (l.next_eligible_at is null or l.next_eligible_at > clock_timestamp() + interval '2 s')
        and (l.held_until is null or l.held_until <= clock_timestamp())
        and ${firstDue(sql)} <= clock_timestamp()
      for update skip locked) forgotten
    where l.page_id = forgotten.page_id and l.class = forgotten.class`;
}
