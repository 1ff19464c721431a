import { expect, test } from "vitest";
import { createLocalLiveBus } from "#std";
import { openLedger } from "../testing/ledger.ts";
import { checkAction } from "../transfers/bulk_actions.ts";
import { changeConversations } from "./conversation_change.ts";
import { releaseConversations } from "./release.ts";
import type { LiveEvent } from "../live_event.ts";

test("releaseConversations() unassigns a person's conversations, here or everywhere, with an event in open ones, and blocks new assignments", async () => {
  const ledger = await openLedger();
  const { page, contacts } = await ledger.makePage(3);
  const other = await ledger.makePage(1);
  const { sql } = ledger;
  const on = { sql, live: createLocalLiveBus<LiveEvent>() };
  await sql`insert into auth.memberships (workspace_id, user_id, role)
    select id, ${page.userId}, 'operator' from auth.workspaces on conflict do nothing`;
  const [made] = await sql<{ id: string }[]>`
    with u as (insert into auth.users (email, name, password_hash) values ('ben@example.com', 'Ben', 'x') returning id)
    insert into auth.memberships (workspace_id, user_id, role) select ${page.workspaceId}, id, 'operator' from u
    returning user_id as id`;
  await sql`
    insert into messaging.conversations (workspace_id, id, page_id, last_message_at, preview_direction, status, assignee_id)
    select workspace_id, id, page_id, now(), 'in', case when id = ${contacts[1]?.id ?? ""} then 'resolved' else 'open' end,
      case when id = ${contacts[2]?.id ?? ""} then ${made?.id ?? ""}::uuid else ${page.userId}::uuid end
    from messaging.contacts on conflict (workspace_id, id, page_id) do update
      set status = excluded.status, assignee_id = excluded.assignee_id`;
  const of = async (userId: string) =>
    (await sql`select id from messaging.conversations where assignee_id = ${userId}`).map(({ id }) => id);

  const here = await releaseConversations(on, { userId: page.userId, workspaceId: page.workspaceId });
  const left = await of(page.userId);
  const everywhere = await releaseConversations(on, { userId: page.userId });

  expect([here, everywhere]).toEqual([2, 1]);
  expect(left).toEqual([other.contacts[0]?.id]);
  expect(await of(page.userId)).toEqual([]);
  expect(await of(made?.id ?? "")).toEqual([contacts[2]?.id]);
  const lines = await sql`select conversation_id, data from messaging.events order by id`;
  expect(lines).toEqual(
    [contacts[0]?.id, other.contacts[0]?.id].map((id) => ({
      conversation_id: id,
      data: { from: page.userId, to: null },
    })),
  );
  await sql`update auth.users set deactivated_at = now() where id = ${page.userId}`;
  const assign = { assigneeId: page.userId };
  const ids = contacts.map(({ id }) => id);
  await expect(
    changeConversations({ ...ledger.database, clock: Date.now }, page.workspaceId, {
      ids,
      change: assign,
      by: made?.id ?? "",
    }),
  ).rejects.toMatchObject({ code: "assignee-not-member" });
  await expect(checkAction(sql, page.workspaceId, { assign: page.userId })).rejects.toMatchObject({
    code: "assignee-unknown",
  });
  await ledger.close();
});
