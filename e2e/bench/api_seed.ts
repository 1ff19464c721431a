import type { Sql } from "postgres";

export interface SeedOptions {
  workspaceId: string;
  /** Who has some of the conversations and wrote some of the answers. */
  userId: string;
  contacts: number;
  messagesPerContact: number;
  /** Every how many conversations one is unread, of which three in five are open. */
  unreadEvery: number;
}

// The first words are in every other message, the last in one of twenty; beside them one message in fifty has a
// reference, each of which only a few messages share.
const words =
  "the you have order is for when please my thanks can delivery size where price today available hello open card refund blue address tomorrow invoice store green parcel warranty exchange voucher discount monday coupon receipt cardigan birthday courier blanket porcelain umbrella tangerine accordion xylophone";

/** Fills a workspace in a few set-based statements: two pages, contacts with names, threads, messages, events, notes. */
export async function seedWorkspace(sql: Sql, options: SeedOptions): Promise<void> {
  const { workspaceId, userId, contacts, messagesPerContact, unreadEvery } = options;
  await sql`
    insert into messaging.pages (workspace_id, facebook_id, name, status, token_sealed)
    select ${workspaceId}, '10000' || n, 'Page ' || n, 'connected', 'sealed' from generate_series(1, 2) n`;
  const pages = await sql<{ id: string }[]>`
    select id from messaging.pages where workspace_id = ${workspaceId} order by facebook_id`;
  await sql`
    insert into messaging.contacts (workspace_id, page_id, psid, name, first_name, last_name, last_inbound_at, profile_state)
    select ${workspaceId}, (${pages.map((page) => page.id)}::uuid[])[1 + (n % 10 = 0)::int], (7000000000 + n)::text,
      first || ' ' || last, first, last, now() - make_interval(secs => n * 20), 'known'
    from generate_series(1, ${contacts}::int) n
    cross join lateral (select
      (array['Ada','Ben','Cleo','Dan','Eva','Finn','Gita','Hugo','Iris','Jon','Kira','Leo','Mina','Nils','Olga','Paul'])[1 + n % 16] as first,
      initcap((array['al','ber','cor','dan','el','far','gor','hol','in','jor','kal','lin','mar','nor','ol','per','qui','ros','sal','tor'])[1 + (n / 16) % 20]
        || (array['bach','stein','mann','berg','feld','son','ova','ides','ez','ini'])[1 + (n / 320) % 10] || (n / 3200)::text) as last) as person`;
  await sql`
    insert into messaging.conversations (id, workspace_id, page_id, status, snoozed_until, assignee_id, unread_count,
      last_message_at, preview_text, preview_direction, delivered_until, read_until)
    select id, workspace_id, page_id, status, case when status = 'snoozed' then now() + interval '1 day' end,
      case when n % 7 = 0 then ${userId}::uuid end, (n % ${unreadEvery}::int4 = 0)::int * (1 + n % 3), last_inbound_at, 'See you then', 'in',
      last_inbound_at - interval '1 hour', last_inbound_at - interval '2 hours'
    from (select *, row_number() over (order by id)::int as n from messaging.contacts where workspace_id = ${workspaceId}) c
    cross join lateral (select case when n % 20 < 12 then 'open' when n % 20 < 18 then 'resolved' when n % 20 = 18 then 'pending' else 'snoozed' end as status) s`;
  // Times fall within the thread's life; ids are made from them, as they are when messages come one by one.
  await sql`
    insert into messaging.messages (workspace_id, conversation_id, page_id, mid, direction, author_kind, author_user_id, text, sent_at)
    select c.workspace_id, c.id, c.page_id, 'm_' || c.id || '_' || k, case when k % 3 = 0 then 'out' else 'in' end,
      case when k % 3 <> 0 then 'contact' when k % 2 = 0 then 'external' else 'user' end,
      case when k % 3 = 0 and k % 2 = 1 then ${userId}::uuid end, said.text, c.last_message_at - make_interval(mins => 7 * (k - 1))
    from generate_series(1, ${messagesPerContact}::int) k
    cross join messaging.conversations c
    cross join lateral (
      select string_agg((string_to_array(${words}, ' '))[1 + floor(power(random(), 3) * 44)::int], ' ')
        || case when random() < 0.02 then ' ref' || floor(random() * 2000)::int else '' end as text
      from generate_series(1, 4 + k % 9) w where c.id is not null) said
    where c.workspace_id = ${workspaceId}
    order by k desc, c.last_message_at`;
  await sql`
    insert into messaging.notes (workspace_id, conversation_id, page_id, author_id, text, created_at)
    select workspace_id, id, page_id, ${userId}, 'Called back', last_message_at - interval '30 minutes'
    from messaging.conversations where workspace_id = ${workspaceId} and unread_count > 0`;
  await sql`
    insert into messaging.events (workspace_id, conversation_id, page_id, key, kind, actor_user_id, data, at)
    select workspace_id, id, page_id, 'seed:' || id || k, 'status', ${userId},
      '{"from":"resolved","to":"open","until":null}'::jsonb, last_message_at - make_interval(mins => 20 * k)
    from messaging.conversations, generate_series(1, 2) k where workspace_id = ${workspaceId}`;
  for (const table of ["contacts", "conversations", "messages", "notes", "events"])
    await sql.unsafe(`vacuum analyze messaging.${table}`);
}
