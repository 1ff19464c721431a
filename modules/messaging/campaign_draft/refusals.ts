import type { Fragment, Sql, TransactionSql } from "postgres";
import { refusalSql } from "../policy/mod.ts";
import type { CampaignKind, PlannedContent } from "../campaigns/mod.ts";

export interface RefusalTerms {
  kind: CampaignKind;
  workspaceId: string;
  /** The contents of the campaign; utility templates must be approved on a page before it sends one. */
  contents: readonly Pick<PlannedContent, "pageId" | "template">[];
  ignoreCap: boolean;
}

interface Cap {
  count: number;
  hours: number;
}

/** The reasons to skip contacts of a campaign: policy first, then the rules of the workspace. */
export interface Refusals {
  /** Over contact `c` on page `p` (and comment `k`): why this person gets nothing now, or null. */
  reason: Fragment;
}

/**
 * Why a person of a campaign gets nothing: the policy's slug, or `suppressed`, `spam`, `no-template`, `capped`; in this
 * order, so that each is said once. Planning and the preview ask the same question.
 */
export async function readRefusals(sql: Sql | TransactionSql, terms: RefusalTerms): Promise<Refusals> {
  const contentKind = terms.kind === "window" ? "free" : terms.kind;
  const cap = terms.ignoreCap ? null : await readCap(sql, terms.workspaceId);
  const without = await readPagesWithoutTemplate(sql, terms);
  const capped =
    cap === null
      ? sql`false`
      : sql`(select count(*) from messaging.deliveries d
          where d.contact_id = c.id and d.campaign_id is not null and d.state in ('sending', 'unknown', 'sent')
            and coalesce(d.settled_at, d.attempt_at) > clock_timestamp() - make_interval(hours => ${cap.hours})) >= ${cap.count}`;
  return {
    reason: sql`coalesce(${refusalSql(sql, { contentKind, at: sql`clock_timestamp()` })}, case
      when (p.id, ${psidOf(sql, terms.kind)}) in (select s.page_id, s.psid from messaging.suppressions s
        where s.workspace_id = ${terms.workspaceId}) then 'suppressed'
      when exists (select from messaging.conversations v where v.workspace_id = ${terms.workspaceId}
        and v.id = c.id and v.page_id = c.page_id and v.status = 'spam') then 'spam'
      when p.id = any(${without}::uuid[]) then 'no-template'
      when ${capped} then 'capped' end)`,
  };
}

/** The recipient of a ledger row: the contact or the commenter. */
export function psidOf(sql: Sql | TransactionSql, kind: CampaignKind): Fragment {
  return kind === "private_reply" ? sql`k.author` : sql`c.psid`;
}

async function readCap(sql: Sql | TransactionSql, workspaceId: string): Promise<Cap | null> {
  const [cap] = await sql<Cap[]>`
    select cap_count::int4 as count, cap_hours::int4 as hours from messaging.sending_rules
    where workspace_id = ${workspaceId} and cap_count is not null`;
  return cap ?? null;
}

/** The pages on which Meta did not approve the campaign's content. */
export async function readPagesWithoutTemplate(
  sql: Sql | TransactionSql,
  { workspaceId, contents }: Pick<RefusalTerms, "workspaceId" | "contents">,
): Promise<string[]> {
  const wanted = contents.flatMap(({ pageId, template }) => (template ? [{ pageId, ...template }] : []));
  if (wanted.length === 0) return [];
  const rows = await sql<{ id: string }[]>`
    with wanted as (
      select * from jsonb_to_recordset(${JSON.stringify(wanted)}::jsonb) as w("pageId" uuid, name text, language text))
    select p.id from messaging.pages p
    where p.workspace_id = ${workspaceId} and exists (
      select from wanted w
      where (w."pageId" = p.id or w."pageId" is null and not exists (select from wanted own where own."pageId" = p.id))
        and not exists (select from messaging.utility_templates u where u.page_id = p.id and u.name = w.name
          and u.language = w.language and u.status = 'APPROVED'))`;
  return rows.map(({ id }) => id);
}
