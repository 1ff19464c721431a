import { type Static, Type } from "@sinclair/typebox";
import type { Sql } from "postgres";
import { parse } from "#std";
import {
  type ChangedCampaign,
  keepRecent,
  pauseByThemselves,
  byItself,
  sayOfCampaign,
} from "../campaign_state/mod.ts";
import { graphErrorRule, reasonOf } from "../graph/mod.ts";

const ResultsSchema = Type.Object({
  sent: Type.Number(),
  failed: Type.Number(),
  optedOut: Type.Number(),
  /** Failures that look like a mistake in the campaign itself, by "code/subcode". */
  errors: Type.Record(Type.String(), Type.Number()),
  /** All that is older than the last results, added up. */
  isOlder: Type.Optional(Type.Literal(true)),
});

/** Results of a campaign within one second, in `campaigns.recent`. */
export type Results = Static<typeof ResultsSchema>;

export interface BreakerOptions {
  failurePercent: number;
  optOutPercent: number;
  /** A sequence can be edited while it is paused. */
  isSequence: boolean;
}

const defaults = { failurePercent: 10, optOutPercent: 3 };
/** The number of newest results considered, and the minimum for a share. */
const lastResults = 200;
const fewestResults = 50;
const alikeErrors = 3;

/**
 * Returns why the newest results must stop a campaign, in words; null: they need not. Failures and mistakes count
 * among the last 200 results; opt-outs come late and count among all since the last start. `kept` is the state for
 * the next check.
 */
export function judge(
  pieces: readonly Results[],
  { failurePercent, optOutPercent, isSequence }: BreakerOptions,
): { kept: Results[]; reason: string | null } {
  const kept = keepLast(pieces);
  const last = kept.filter((piece) => !piece.isOlder);
  const failed = sum(last, "failed");
  const results = failed + sum(last, "sent");
  const wrong = mostAlike(last);
  if (wrong && wrong.count >= alikeErrors) {
    const [code = 0, subcode = 0] = wrong.error.split("/").map(Number);
    const rule = graphErrorRule(code, subcode === 0 ? null : subcode);
    const values = { count: wrong.count, reason: reasonOf(rule) };
    return {
      kept,
      reason: byItself(sayOfCampaign(isSequence ? "paused-step-alike" : "paused-alike", values)),
    };
  }
  if (results >= fewestResults && failed * 100 > failurePercent * results)
    return {
      kept,
      reason: byItself(sayOfCampaign("paused-failures", { failed, results, limit: failurePercent })),
    };
  const sent = sum(kept, "sent");
  const optedOut = sum(kept, "optedOut");
  if (sent >= fewestResults && optedOut * 100 > optOutPercent * sent)
    return {
      kept,
      reason: byItself(sayOfCampaign("paused-opt-outs", { count: optedOut, sent, limit: optOutPercent })),
    };
  return { kept, reason: null };
}

const sum = (pieces: readonly Results[], name: "sent" | "failed" | "optedOut") =>
  pieces.reduce((total, piece) => total + piece[name], 0);

/** The pieces with the last results, after one piece with all that is older. */
function keepLast(pieces: readonly Results[]): Results[] {
  const newer = pieces.filter((piece) => !piece.isOlder);
  let results = 0;
  let from = newer.length;
  while (from > 0 && results < lastResults) {
    from -= 1;
    const piece = newer[from];
    results += piece ? piece.sent + piece.failed : 0;
  }
  const older = [...pieces.filter((piece) => piece.isOlder), ...newer.slice(0, from)];
  const first = { sent: sum(older, "sent"), failed: 0, optedOut: sum(older, "optedOut"), errors: {} };
  return older.length === 0 ? newer : [{ ...first, isOlder: true }, ...newer.slice(from)];
}

function mostAlike(pieces: readonly Results[]): { error: string; count: number } | undefined {
  const counts = new Map<string, number>();
  for (const { errors } of pieces)
    for (const [error, count] of Object.entries(errors)) counts.set(error, (counts.get(error) ?? 0) + count);
  const [most] = [...counts].toSorted(([, a], [, b]) => b - a);
  return most && { error: most[0], count: most[1] };
}

/**
 * Checks the newest results of each running campaign and pauses failing ones. Safe in several processes at once.
 * Returns the paused ones.
 */
export async function checkBreakers({ sql }: { sql: Sql }): Promise<ChangedCampaign[]> {
  const rows = await sql<
    {
      id: string;
      is_sequence: boolean;
      recent: unknown;
      failure_percent: number | null;
      opt_out_percent: number | null;
    }[]
  >`
    select id, kind = 'sequence' as is_sequence, recent, (options ->> 'failurePercent')::float8 as failure_percent,
           (options ->> 'optOutPercent')::float8 as opt_out_percent
    from messaging.campaigns where status = 'running' and recent <> '[]'`;
  const paused = await pauseRefused(sql);
  for (const row of rows) {
    const parsed = parse(Type.Array(ResultsSchema), row.recent);
    const { kept, reason } = judge(parsed.ok ? parsed.value : [], {
      failurePercent: row.failure_percent ?? defaults.failurePercent,
      optOutPercent: row.opt_out_percent ?? defaults.optOutPercent,
      isSequence: row.is_sequence,
    });
    const before = JSON.stringify(row.recent);
    if (reason === null) {
      if (JSON.stringify(kept) === before) continue;
      await keepRecent(sql, { campaignId: row.id, before, kept: JSON.stringify(kept) });
      continue;
    }
    paused.push(
      ...(await pauseByThemselves(sql, sql`select ${row.id}::uuid as id, ${reason}::text as reason`)),
    );
  }
  return paused;
}

/** A file that Meta refuses for a page stops all its recipients: only another file helps. */
async function pauseRefused(sql: Sql): Promise<ChangedCampaign[]> {
  return await pauseByThemselves(
    sql,
    sql`
      select distinct on (campaign.id) campaign.id, concat('Meta does not take the file "', file.name, '" for the page "',
        page.name, '": ', upload.error, '. Cancel it, and send a copy with another file') as reason
      from messaging.campaigns campaign
      join messaging.campaign_variants variant on variant.campaign_id = campaign.id
      join messaging.contents content on content.id = variant.content_id and content.workspace_id = campaign.workspace_id
      join messaging.media_files file on file.workspace_id = campaign.workspace_id and file.id = content.media_file_id
      join messaging.media_uploads upload on upload.media_file_id = file.id and upload.error is not null
        and upload.expires_at > clock_timestamp()
      join messaging.pages page on page.workspace_id = campaign.workspace_id and page.id = upload.page_id
      where campaign.status = 'running'
        -- A subquery for each: a join would read waiting rows of all campaigns if statistics expect none.
        and (select true from messaging.deliveries d
          where d.campaign_id = campaign.id and d.page_id = page.id and d.state = 'queued'
          order by d.class, d.due_at, d.id limit 1)`,
  );
}
