import type { TransactionSql } from "postgres";
import { replaceContents } from "../delivery/mod.ts";
import { laneOfContent } from "./judge.ts";
import type { Numbering } from "./step_numbers.ts";

/**
 * Rewrites messages that wait in a paused sequence to their step's new text, so fixed mistakes are not sent. Cancels
 * those of removed steps.
 */
export async function rewriteWaiting(
  tx: TransactionSql,
  { sequenceId }: { sequenceId: string },
  { written }: Numbering,
): Promise<void> {
  await replaceContents(
    tx,
    tx`
    with step as materialized (
      select n.number, s.page_id, s.content_id, ${laneOfContent(tx)} as class
      from jsonb_array_elements_text(${JSON.stringify(written)}::jsonb) with ordinality as n(number, step)
      join messaging.sequence_steps s on s.campaign_id = ${sequenceId} and s.step = n.step
      join messaging.contents content on content.workspace_id = s.workspace_id and content.id = s.content_id
      left join messaging.media_files media on media.workspace_id = content.workspace_id and media.id = content.media_file_id
    )
    select d.id, coalesce(own.content_id, shared.content_id) as content_id, coalesce(own.class, shared.class) as class
    from messaging.deliveries d
    left join step shared on shared.number::int4 = d.step % 1000 and shared.page_id is null
    left join step own on own.number::int4 = d.step % 1000 and own.page_id = d.page_id
    where d.campaign_id = ${sequenceId} and d.state = 'queued' order by d.id for update of d`,
    "step-removed",
  );
}
