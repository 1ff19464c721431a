import type { Sql } from "postgres";
import { parse, Problem, fieldError } from "#std";
import { audienceCondition } from "../conditions/mod.ts";
import { misfitOf, readField } from "../contacts/mod.ts";
import {
  checkContent,
  type Content,
  ContentSchema,
  readContentRules,
  tidyContent,
} from "../templates/mod.ts";
import {
  type CampaignRow,
  kindOf,
  readStored,
  type CampaignDeps,
  type Goal,
  checkSchedule,
  type Schedule,
  shortestPause,
  type CampaignAudience,
  type CampaignKind,
  type Options,
  type Split,
  type Variant,
} from "../campaigns/mod.ts";
import { problem } from "./problems.ts";

/** Consistency rules of a campaign, for any author and time. */
export interface Draft {
  kind: CampaignKind;
  audience: CampaignAudience;
  variants: Variant[];
  split: Split | null;
  schedule: Schedule | null;
  expiresAt: string | null;
  options: Pick<Options, "goal" | "optimalHour">;
}

/**
 * Checks a campaign as a whole, and gives the content of each variant. Throws a Problem (422) that names the mistakes:
 * audience-invalid, variants-invalid, template-missing, kind-mismatch, split-invalid, schedule-invalid, expiry-invalid,
 * content-invalid, goal-invalid.
 */
export async function checkDraft(
  sql: Sql,
  workspaceId: string,
  draft: Draft & { now: number },
): Promise<Content[]> {
  await checkAudience(sql, workspaceId, draft);
  checkSplit(draft);
  if (draft.schedule) checkSchedule(draft.schedule, draft.now);
  checkExpiry(draft);
  checkWinnerTime(draft);
  checkOptimalHour(draft);
  await checkGoal(sql, workspaceId, draft.options.goal);
  const contents = await readContents(sql, workspaceId, draft.variants);
  for (const content of contents) {
    checkKind(draft.kind, content);
    checkContent(content, await readContentRules(sql, workspaceId, content));
  }
  return contents;
}

/** Checks a campaign as it is stored, and gives the content of each variant. Throws what `checkDraft` throws. */
export async function checkStored(
  on: Pick<CampaignDeps, "sql" | "clock">,
  workspaceId: string,
  row: CampaignRow,
): Promise<Content[]> {
  const stored = readStored(row);
  return await checkDraft(on.sql, workspaceId, {
    ...stored,
    kind: kindOf(row),
    split: stored.options.split ?? null,
    expiresAt: row.expiresAt?.toISOString() ?? null,
    now: on.clock(),
  });
}

/**
 * Throws audience-invalid (422) when the audience does not fit the kind, or names something that is not in this
 * workspace.
 */
export async function checkAudience(
  sql: Sql,
  workspaceId: string,
  { kind, audience }: Pick<Draft, "kind" | "audience">,
): Promise<void> {
  if ("undecided" in audience) throw problem("audience-undecided");
  const isOfComments = "commentsOn" in audience;
  if (isOfComments !== (kind === "private_reply")) {
    throw problem("audience-kind");
  }
  const pageIds = isOfComments ? [audience.commentsOn.pageId] : "pageIds" in audience ? audience.pageIds : [];
  if ((await countHere(sql, { workspaceId, ids: pageIds, what: "page" })) < new Set(pageIds).size)
    throw problem("audience-page-missing");
  // Of many who were picked one may be deleted before it is launched: the others are still meant.
  if (
    "contactIds" in audience &&
    (await countHere(sql, { workspaceId, ids: audience.contactIds, what: "contact" })) === 0
  )
    throw problem("audience-contacts-missing");
  if (!isOfComments) await conditionOf(sql, workspaceId, audience);
}

/** The audience as SQL over contacts `c`; an unknown segment is a mistake of the campaign, not a missing address. */
export async function conditionOf(
  sql: Sql,
  workspaceId: string,
  audience: Exclude<CampaignAudience, { commentsOn: unknown }>,
) {
  if ("undecided" in audience) throw problem("audience-undecided");
  try {
    return await audienceCondition(sql, workspaceId, audience);
  } catch (error) {
    if (!(error instanceof Problem) || error.status !== 404) throw error;
    throw problem("audience-invalid");
  }
}

async function countHere(
  sql: Sql,
  { workspaceId, ids, what }: { workspaceId: string; ids: string[]; what: "page" | "contact" },
): Promise<number> {
  if (ids.length === 0) return 0;
  const table = what === "page" ? sql`messaging.pages` : sql`messaging.contacts`;
  const [found] = await sql<{ count: number }[]>`
    select count(*)::int4 as count from ${table} where workspace_id = ${workspaceId} and id = any(${ids}::uuid[])`;
  return found?.count ?? 0;
}

function checkSplit({ variants, split, options }: Draft): void {
  const total = variants.reduce((sum, { weight }) => sum + weight, 0);
  if (total !== 100) {
    throw problem("variants-weights", { total });
  }
  for (const { content, templateId } of variants) {
    if ((content === undefined) !== (templateId === undefined)) continue;
    throw problem("variants-invalid");
  }
  if (split && variants.length < 2) throw problem("split-invalid");
  if (split?.winnerBy === "reached" && !options.goal) throw problem("split-without-goal");
}

/**
 * Throws goal-invalid (422) when it names a tag or field that is not in this workspace, or an impossible value of the
 * field.
 */
async function checkGoal(sql: Sql, workspaceId: string, goal: Goal | undefined): Promise<void> {
  if (goal?.on === "field") {
    const field = await readField(sql, workspaceId, goal.fieldId);
    const misfit = field && misfitOf(field, goal.value);
    if (misfit)
      throw problem(
        "goal-never-reached",
        { mistake: misfit.text },
        { errors: [fieldError("/options/goal/value", misfit)] },
      );
    if (field) return;
  } else if (goal?.on === "tagged") {
    const [tag] =
      await sql`select 1 as found from messaging.tags where workspace_id = ${workspaceId} and id = ${goal.tagId}`;
    if (tag) return;
  } else return;
  throw problem("goal-invalid");
}

function checkExpiry({ expiresAt, schedule, now }: Draft & { now: number }): void {
  if (expiresAt === null) return;
  if (schedule?.recurrence) throw problem("expiry-recurring");
  const starts = Math.max(now, schedule?.at === undefined ? now : Date.parse(schedule.at));
  if (Date.parse(expiresAt) <= starts) throw problem("expiry-invalid");
}

/** Held-back contacts get it only if it continues until a winner is known. */
function checkWinnerTime({ split, schedule, expiresAt, now }: Draft & { now: number }): void {
  if (!split || split.holdoutPercent === 0) return;
  const begins = Math.max(now, schedule?.at === undefined ? now : Date.parse(schedule.at));
  const lasts = schedule?.recurrence
    ? shortestPause(schedule, now)
    : expiresAt === null
      ? Infinity
      : Date.parse(expiresAt) - begins;
  if (split.afterMinutes * 60_000 < lasts) return;
  throw problem(schedule?.recurrence ? "split-recurs-too-soon" : "split-expires-too-soon");
}

function checkOptimalHour({ kind, schedule, options }: Draft): void {
  if (!options.optimalHour) return;
  if (kind === "private_reply") throw problem("private-reply-hour");
  if (schedule?.inContactZone === true) throw problem("schedule-two-times");
}

function checkKind(kind: CampaignKind, content: Content): void {
  if ((content.utility !== undefined) === (kind === "utility")) return;
  throw problem(kind === "utility" ? "kind-needs-utility" : "kind-mismatch");
}

/** The content of each variant: its own, or its template's current one. */
export async function readContents(
  sql: Sql,
  workspaceId: string,
  variants: readonly Variant[],
): Promise<Content[]> {
  const ids = variants.flatMap(({ templateId }) => (templateId === undefined ? [] : [templateId]));
  const rows =
    ids.length === 0
      ? []
      : await sql<{ id: string; content: unknown }[]>`
          select id, content from messaging.templates where workspace_id = ${workspaceId} and id = any(${ids}::uuid[])`;
  const templates = new Map(rows.map(({ id, content }) => [id, content]));
  return variants.map(({ content, templateId }) => {
    if (templateId === undefined) return tidyContent(content ?? {});
    const saved = templates.get(templateId);
    if (saved === undefined) throw problem("template-missing");
    const parsed = parse(ContentSchema, saved);
    if (!parsed.ok) throw new Error(`Cannot read template ${templateId}: ${parsed.errors[0]?.message}`);
    return parsed.value;
  });
}
