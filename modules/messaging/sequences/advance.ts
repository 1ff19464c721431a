import type { Sql } from "postgres";
import { ensureLanes, recordSteps, wakeLanes } from "../delivery/mod.ts";
import { isWorkspaceOn } from "../workspaces/mod.ts";
import { judgedContacts } from "./judge.ts";
import { cancelWaiting } from "./exit.ts";

const mostAtOnce = 500;

interface Moved {
  id: string;
  workspace_id: string;
  page_id: string;
  has_left: boolean;
  is_sending: boolean;
}

/**
 * Moves each due enrolment of running sequences one step on: exits, skips a step whose condition fails, or writes its
 * message into the ledger, whose unique key prevents duplicates. An early exit drops queued messages. Safe in several
 * processes at once. Returns the number of moves.
 */
export async function advanceSequences(sql: Sql): Promise<number> {
  return await sql.begin(async (tx) => {
    const moved = await tx<Moved[]>`
      with running as materialized (
        select k.id, k.workspace_id, k.draft -> 'exit' as exit, k.draft #> '{numbering,running}' as numbers
        from messaging.campaigns k
        where k.kind = 'sequence' and k.status = 'running' and ${isWorkspaceOn(tx, tx`k.workspace_id`)}
        -- Another order each time: one with a million people does not always go before the others.
        order by random()
      ), due as materialized (
        select e.*, running.exit, coalesce((running.numbers ->> (e.next_step - 1))::int4, e.next_step) as number
        from running
        cross join lateral (
          select * from messaging.enrolments e
          where e.campaign_id = running.id and e.status = 'active' and e.due_at <= clock_timestamp()
          order by e.due_at limit ${mostAtOnce} for update skip locked) e
        limit ${mostAtOnce}
      ), ${judgedContacts(tx)}, created as (
        insert into messaging.deliveries (workspace_id, page_id, contact_id, psid, class, content_id, campaign_id, step,
          state, reason, settled_at)
        select workspace_id, page_id, contact_id, psid, class, content_id, campaign_id, (round - 1) * 1000 + number,
          case when has_no_template then 'skipped' else 'queued' end, case when has_no_template then 'no-template' end,
          case when has_no_template then clock_timestamp() end
        from judged where leaves is null and not is_over and not is_waiting and holds
        on conflict do nothing
        returning campaign_id, state
      ), counted as (${tx.unsafe(recordSteps)})
      -- A reason for which the earlier message still waits (a page's limit, quiet hours) delays the next one, too, and nobody
      -- is at the end while the last one waits: they may still leave early. The longer it waits, the seldomer it is looked at.
      update messaging.enrolments e
      set status = case when j.leaves is not null then 'exited' when j.is_over and not j.is_waiting then 'finished'
            else 'active' end,
          exit_reason = j.leaves,
          next_step = e.next_step + (j.leaves is null and not j.is_over and not j.is_waiting)::int,
          due_at = clock_timestamp() + case when not j.is_waiting then make_interval(secs => coalesce(j.next_delay, 1))
            else least(interval '30 s', greatest(interval '1 s', clock_timestamp() - uuid_extract_timestamp(j.last_id))) end,
          ended_at = case when j.leaves is not null or j.is_over and not j.is_waiting then clock_timestamp() end
      from judged j where e.id = j.id
      returning e.id, e.workspace_id, e.page_id, j.leaves is not null as has_left,
        (j.leaves is null and not j.is_over and not j.is_waiting and j.holds) as is_sending`;
    const left = moved.filter((one) => one.has_left).map((one) => one.id);
    if (left.length > 0) await cancelWaiting(tx, left);
    const pages = new Map(
      moved.filter((one) => one.is_sending).map((one) => [one.page_id, one.workspace_id]),
    );
    for (const [pageId, workspaceId] of pages) await ensureLanes(tx, { workspaceId, pageId });
    if (pages.size > 0) await wakeLanes(tx, [...pages.keys()]);
    return moved.length;
  });
}
