import type { Sql } from "postgres";

export interface Seeded {
  tagIds: string[];
  /** Custom fields by key. */
  fields: Record<string, string>;
  campaignId: string;
}

/** Fills a workspace in set-based statements: 20 pages, contacts with tags, fields, threads, and one campaign sent to half. */
export async function seedAudience(
  sql: Sql,
  { workspaceId, contacts }: { workspaceId: string; contacts: number },
): Promise<Seeded> {
  await sql`
    insert into messaging.pages (workspace_id, facebook_id, name, status, token_sealed)
    select ${workspaceId}, (1000 + n)::text, 'Page ' || n, 'connected', 'sealed' from generate_series(1, 20) n`;
  const tags = await sql<{ id: string }[]>`
    insert into messaging.tags (workspace_id, name, colour)
    select ${workspaceId}, 'tag' || n, 'blue' from generate_series(1, 8) n returning id`;
  const fields = await sql<{ id: string; key: string }[]>`
    insert into messaging.custom_fields (workspace_id, key, label, type) values
      (${workspaceId}, 'city', 'City', 'text'), (${workspaceId}, 'score', 'Score', 'number') returning id, key`;
  await sql`
    insert into messaging.contacts (workspace_id, page_id, psid, name, locale, source, subscribed, last_inbound_at, created_at)
    select ${workspaceId}, p.id, (7000000000000000 + n)::text, 'Person ' || md5(n::text), (array['en_US','de_DE'])[1 + n % 2],
      (array['organic','ad','link'])[1 + n % 3], n % 20 <> 0,
      case when n % 10 <> 0 then now() - make_interval(mins => (n::int8 * 7919 % 130000)::int) end,
      now() - interval '100 days' + make_interval(secs => n)
    from generate_series(1, ${contacts}::int) n
    join (select id, row_number() over (order by facebook_id) as k from messaging.pages) as p on p.k = 1 + n % 20
    order by n`;
  const numbered = sql`(select c.*, row_number() over (order by c.id) as n from messaging.contacts as c
    where c.workspace_id = ${workspaceId}) as c`;
  await sql`
    insert into messaging.contact_tags (workspace_id, page_id, contact_id, tag_id)
    select c.workspace_id, c.page_id, c.id, t.id from ${numbered}
    join (select id, row_number() over (order by name) as k from messaging.tags where workspace_id = ${workspaceId}) as t
      on c.n % (t.k * 2) = 0`;
  await sql`
    insert into messaging.contact_fields (workspace_id, page_id, contact_id, field_id, type, text_value, number_value)
    select c.workspace_id, c.page_id, c.id, f.id, f.type, case when f.type = 'text' then 'City' || c.n % 500 end,
      case when f.type = 'number' then c.n % 1000 end
    from ${numbered} join messaging.custom_fields as f on f.workspace_id = ${workspaceId} and (c.n % 2 = 0 or f.type = 'text')`;
  await sql`
    insert into messaging.conversations (id, workspace_id, page_id, last_message_at, preview_direction, status)
    select c.id, c.workspace_id, c.page_id, c.last_inbound_at, 'in', (array['open','resolved','pending'])[1 + c.n % 3]
    from ${numbered} where c.last_inbound_at is not null`;
  const [campaign] = await sql<{ id: string }[]>`
    with content as (insert into messaging.contents (workspace_id, message) values (${workspaceId}, '{}') returning id),
    campaign as (insert into messaging.campaigns (workspace_id, name, kind, status, audience, draft)
      values (${workspaceId}, 'Sent', 'window', 'completed', '{}', '{}') returning id)
    insert into messaging.deliveries (workspace_id, page_id, contact_id, psid, class, content_id, campaign_id, state, settled_at)
    select c.workspace_id, c.page_id, c.id, c.psid, 'campaign', content.id, campaign.id, 'sent', now() - interval '10 days'
    from ${numbered}, content, campaign where c.n % 2 = 0 returning campaign_id as id`;
  await sql.unsafe("vacuum analyze");
  return {
    tagIds: tags.map((tag) => tag.id),
    fields: Object.fromEntries(fields.map((field) => [field.key, field.id])),
    campaignId: campaign?.id ?? "",
  };
}
