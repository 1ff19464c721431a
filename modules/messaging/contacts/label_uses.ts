import type { Handle } from "#db";
import { problem } from "./problems.ts";

/** Throws 409 `field-in-use` or `tag-in-use` while a segment, a message, a sequence or a campaign's goal needs it. */
export async function refuseWhileUsed(
  sql: Handle,
  workspaceId: string,
  { id, what }: { id: string; what: "field" | "tag" },
): Promise<void> {
  // Messages name a field by its key, as `{{custom.key|instead}}`.
  const [use] = await sql<{ use: string; name: string }[]>`
    with label as (
      select ${id}::text as id, (select '[{][{][[:space:]]*custom[.]' || key || '[[:space:]]*([|]|[}][}])' from messaging.custom_fields
        where workspace_id = ${workspaceId} and id = ${id}::uuid) as spot)
    select 'segment' as use, name from messaging.segments, label
    where workspace_id = ${workspaceId} and strpos(conditions::text, label.id) > 0
    union all
    select case kind when 'sequence' then 'sequence' else 'campaign' end, name
    from messaging.campaigns, label
    where workspace_id = ${workspaceId} and status not in ('completed', 'cancelled')
      and (strpos(concat(draft, audience, options), label.id) > 0 or draft::text ~ label.spot)
    union all
    select 'template', name from messaging.templates, label
    where workspace_id = ${workspaceId} and content::text ~ label.spot
    union all
    select 'auto-replies', p.name
    from messaging.auto_replies r join messaging.pages p on p.id = r.page_id, label
    where r.workspace_id = ${workspaceId} and concat(r.welcome, r.welcome_translations, r.away, r.away_translations) ~ label.spot
    union all
    select 'consent-replies', ''
    from messaging.sending_rules r, label
    where r.workspace_id = ${workspaceId}
      and concat(r.stop_reply, r.stop_reply_translations, r.start_reply, r.start_reply_translations) ~ label.spot
    limit 1`;
  if (use?.use === "consent-replies") throw problem(`${what}-in-consent-replies`);
  if (use) throw problem(`${what}-in-use`, use);
}

/** Whether an update through Drizzle met a unique index. */
export function isDuplicate(error: unknown): boolean {
  const cause = error instanceof Error ? error.cause : undefined;
  return cause instanceof Error && "code" in cause && cause.code === "23505";
}
