import { log } from "#std";
import { GraphError, listSentCopies, type SentCopy, openPageToken } from "../graph/mod.ts";
import {
  loseAttempts,
  postponeUnknown,
  resolveUnknown,
  takeUnknown,
  type UnknownAttempt,
} from "./attempt_transitions.ts";
import { type AttemptedMessage, findCopy } from "./find_copy.ts";
import { firstDue } from "./lane_due.ts";
import { takeLookup } from "./lookup.ts";
import type { DeliveryDeps, DeliverySettings } from "./settings.ts";

/**
 * Attempts of unknown outcome, each denied by Meta in a lookup, before a person must check. Two would happen to a
 * contact whose message was in flight at two crashes.
 */
const mostUnknowns = 5;

export interface Recovered {
  conversations: { workspaceId: string; contactId: string }[];
}

interface UnknownRow extends AttemptedMessage, UnknownAttempt {
  age_seconds: number;
  unknowns: number;
  workspace_id: string;
  /** Null: the author of the comment is no contact, or the contact was deleted. */
  contact_id: string | null;
  psid: string;
  message_id: string | null;
  facebook_id: string;
  token_sealed: string | null;
}

/**
 * Recovers messages without a worker: those in flight when a worker died become `unknown`, Meta is asked once about
 * those without an echo, and forgotten lanes become due. Safe in any number of processes at once.
 */
export async function recover(on: DeliveryDeps, settings: DeliverySettings): Promise<Recovered> {
  const conversations = await giveUpLeases(on, settings);
  for (const row of await readUnknown(on)) {
    if ((await lookInto(on, row, settings)) && row.contact_id !== null)
      conversations.push({ workspaceId: row.workspace_id, contactId: row.contact_id });
  }
  await wakeForgotten(on);
  return { conversations };
}

async function giveUpLeases(
  { sql }: DeliveryDeps,
  { graceSeconds, sendTimeoutMs }: DeliverySettings,
): Promise<Recovered["conversations"]> {
  // A claim with an unknown commit leaves messages that no worker has, under a lease that continues.
  const lostSeconds = graceSeconds + sendTimeoutMs / 1000;
  return await loseAttempts(sql, { graceSeconds, lostSeconds });
}

async function readUnknown({ sql }: DeliveryDeps): Promise<UnknownRow[]> {
  return await sql<UnknownRow[]>`
    with ${takeUnknown(sql)}
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
async function lookInto(on: DeliveryDeps, row: UnknownRow, settings: DeliverySettings): Promise<boolean> {
  if (row.token_sealed === null) return await finish(on, row, { state: "failed", mid: null });
  if (!(await takeLookup(on.sql, row.page_id))) {
    await postponeUnknown(on.sql, row, 1);
    return false;
  }
  let copies: SentCopy[];
  try {
    const token = openPageToken(on.keyring, row.facebook_id, row.token_sealed);
    copies = await listSentCopies(on.graph, { pageFacebookId: row.facebook_id, token, psid: row.psid });
  } catch (error) {
    if (row.age_seconds > settings.giveUpSeconds)
      return await finish(on, row, { state: "failed", mid: null });
    log.warn("Cannot ask Meta about a message whose outcome is unknown; asking again later", {
      deliveryId: row.id,
      error,
    });
    const isMissing = error instanceof GraphError && error.class === "invalid";
    await postponeUnknown(
      on.sql,
      row,
      isMissing ? settings.giveUpSeconds / 3 : Math.max(2, settings.graceSeconds),
    );
    return false;
  }
  const found = await findCopy(on, row, copies);
  if (found) return await finish(on, row, { state: "sent", mid: found });
  return await finish(on, row, { state: row.unknowns < mostUnknowns ? "queued" : "failed", mid: null });
}

type Ending = Parameters<typeof resolveUnknown>[2];

async function finish({ sql }: DeliveryDeps, row: UnknownRow, ending: Ending): Promise<boolean> {
  return await sql.begin(async (tx) => {
    if (!(await resolveUnknown(tx, row, ending))) return false;
    if (ending.state === "sent") {
      await tx`delete from messaging.messages where page_id = ${row.page_id} and mid = ${ending.mid}
        and id is distinct from ${row.message_id} and author_kind = 'external'`;
      await tx`update messaging.messages set mid = ${ending.mid}
        where ${row.message_id}::uuid is not null and workspace_id = ${row.workspace_id} and id = ${row.message_id} and mid is null`;
    }
    return true;
  });
}

/** Messages held back by an earlier one, whose turn came by an echo or a resume: nothing else would notice. */
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
