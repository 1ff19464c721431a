import { wideRead } from "#db";
import { decodeIdCursor, pageOf, defineTerms } from "#std";
import { displayName } from "../contacts/mod.ts";
import { reasonText } from "../delivery/mod.ts";
import { scopesOf } from "../pages/mod.ts";
import type { Content } from "../templates/mod.ts";
import { type CampaignDeps, estimateSeconds } from "../campaigns/mod.ts";
import { checkAudience, conditionOf } from "./draft_check.ts";
import { commenters, commentsOf } from "./commenters.ts";
import { type RefusalTerms, readRefusals } from "./refusals.ts";
import type { AudienceQuestion, Preview, PreviewContacts } from "./schema_audience.ts";
import { problem } from "./problems.ts";

type PreviewDeps = Pick<CampaignDeps, "sql">;

// Which reasons end at which step of the funnel; the steps go from the widest to the narrowest.
const steps = [
  {
    step: "page",
    title: "Page can send",
    ends: ["workspace-disabled", "page-disconnected", "page-token-dead", "page-restricted"],
  },
  { step: "reachable", title: "Reachable and not blocked", ends: ["blocked", "unreachable", "spam"] },
  { step: "consent", title: "Subscribed", ends: ["unsubscribed", "suppressed"] },
  {
    step: "window",
    title: "Allowed by Meta right now",
    ends: ["never-wrote", "window-closed", "comment-answered", "comment-too-old", "no-template"],
  },
  { step: "cap", title: "Below the frequency cap", ends: ["capped"] },
  { step: "person", title: "Each person once", ends: ["duplicate-person"] },
] as const;
const inAudience = "In the audience";

defineTerms("funnel", {
  audience: inAudience,
  ...Object.fromEntries(steps.map(({ step, title }) => [step, title])),
});

/**
 * How many people a campaign would reach now and why not the others: one scan, grouped. Of a person with several
 * contacts who may get it, the one counts that the claim would take first. Throws what `checkAudience` throws.
 */
export async function previewAudience(
  { sql }: PreviewDeps,
  workspaceId: string,
  question: AudienceQuestion,
): Promise<Preview> {
  const { from, reason } = await judge({ sql }, workspaceId, question);
  const judged = sql`(select p.id as page_id, c.id as contact_id, c.person_id, ${reason} as reason ${from}) judged`;
  const rows = await wideRead<{ page_id: string; reason: string | null; count: number }>(
    sql,
    sql`
      select page_id, reason, sum(count)::int4 as count from (
        select page_id, reason, count(*) as count from ${judged} where person_id is null group by 1, 2
        union all
        select page_id, case when turn > 1 then 'duplicate-person' else reason end, count(*) from (
          select page_id, reason, case when reason is null then
            row_number() over (partition by person_id, reason is null order by contact_id) end as turn
          from ${judged} where person_id is not null) of_people group by 1, 2) both_kinds
      group by 1, 2`,
  );
  const countOf = (wanted: (reason: string | null) => boolean) =>
    rows.reduce((sum, row) => (wanted(row.reason) ? sum + row.count : sum), 0);
  const reasons = [...new Set(rows.flatMap((row) => row.reason ?? []))]
    .map((one) => {
      const { title, titleCode } = reasonText({ reason: one });
      return { reason: one, title, titleCode, count: countOf((is) => is === one) };
    })
    .toSorted((a, b) => b.count - a.count);
  const ended = new Set<string>();
  const funnel = steps.map(({ step, title, ends }) => {
    for (const one of ends) ended.add(one);
    return {
      step,
      title,
      titleCode: `funnel-${step}`,
      count: countOf((is) => is === null || !ended.has(is)),
    };
  });
  const total = countOf(() => true);
  return {
    count: countOf((is) => is === null),
    reasons,
    funnel: [{ step: "audience", title: inAudience, titleCode: "funnel-audience", count: total }, ...funnel],
    lastsSeconds: await estimateSeconds(
      sql,
      new Map(rows.flatMap((row) => (row.reason === null ? [[row.page_id, row.count]] : []))),
    ),
    unknownAuthors: await countUnknownAuthors({ sql }, workspaceId, question.audience),
  };
}

/** The people of an audience who would be left out for one reason, in the order of their ids. */
export async function previewContacts(
  { sql }: PreviewDeps,
  workspaceId: string,
  question: AudienceQuestion & { reason: string; cursor?: string; limit?: number },
): Promise<PreviewContacts> {
  const limit = question.limit ?? 50;
  const after = decodeIdCursor(question.cursor);
  if (question.kind === "private_reply") throw problem("commenters-not-listed");
  const { from, reason } = await judge({ sql }, workspaceId, question);
  const columns = sql`c.id, c.psid, c.name, p.id as page_id, p.name as page_name`;
  const contacts =
    question.reason === "duplicate-person"
      ? sql`select * from (
          select ${columns}, row_number() over (partition by c.person_id order by c.id) as turn ${from}
            and c.person_id is not null and ${reason} is null) of_people where turn > 1`
      : sql`select ${columns} ${from} and ${reason} = ${question.reason}`;
  const rows = await sql<
    { id: string; psid: string; name: string | null; page_id: string; page_name: string }[]
  >`
    select id, psid, name, page_id, page_name from (${contacts}) people
    where ${after}::uuid is null or id > ${after}::uuid order by id limit ${limit + 1}`;
  const page = pageOf(rows, limit, (row) => [row.id]);
  const because = { reason: question.reason, ...reasonText({ reason: question.reason }) };
  return {
    items: page.items.map((row) => ({
      id: row.id,
      name: displayName(row),
      page: { id: row.page_id, name: row.page_name },
      ...because,
    })),
    nextCursor: page.nextCursor,
  };
}

async function countUnknownAuthors(
  { sql }: PreviewDeps,
  workspaceId: string,
  audience: AudienceQuestion["audience"],
): Promise<Preview["unknownAuthors"]> {
  if (!("commentsOn" in audience)) return null;
  const [found] = await sql<{ comments: number }[]>`
    select count(*)::int4 as comments from messaging.comments m
    where ${commentsOf(sql, workspaceId, audience.commentsOn)} and m.from_id is null`;
  return { comments: found?.comments ?? 0, grant: scopesOf(["comment_authors"]) };
}

/** The audience as the `from` of a query, and the reason of each of its people. */
async function judge({ sql }: PreviewDeps, workspaceId: string, question: AudienceQuestion) {
  const { kind = "window", audience, content } = question;
  await checkAudience(sql, workspaceId, { kind, audience });
  const { reason } = await readRefusals(sql, {
    kind,
    workspaceId,
    contents: templatesOf(content),
    ignoreCap: question.options?.ignoreCap === true,
  });
  if ("commentsOn" in audience) return { reason, from: commenters(sql, workspaceId, audience.commentsOn) };
  const { condition } = await conditionOf(sql, workspaceId, audience);
  return {
    reason,
    from: sql`from messaging.contacts c
      join messaging.pages p on p.workspace_id = c.workspace_id and p.id = c.page_id
      where c.workspace_id = ${workspaceId} and ${condition}`,
  };
}

function templatesOf(content: Content | undefined): RefusalTerms["contents"] {
  const utility = content?.utility;
  if (!utility) return [];
  const { name, language, byPage = {} } = utility;
  const own = Object.entries(byPage).map(([pageId, template]) => ({ pageId, template }));
  return [{ pageId: null, template: { name, language } }, ...own];
}
