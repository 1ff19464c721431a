import { afterEach, beforeEach, expect, test } from "vitest";
import { type CampaignStage, insertContacts, openCampaignStage } from "../testing/campaign_stage.ts";
import { listNotifications } from "../notifications/notification_store.ts";
import { readAssignmentRules, writeAssignmentRules } from "./assignment_rules.ts";
import { assignConversations, share } from "./assign_conversations.ts";
import { readTimeline } from "./timeline.ts";

let stage: CampaignStage;
let ann: string;
let ben: string;
let vic: string;
let members: string[];
beforeEach(async () => {
  stage = await openCampaignStage();
  ann = stage.userId;
  const member = async (name: string, role: string) => {
    const [made] = await stage.sql<{ user_id: string }[]>`
      with u as (insert into auth.users (email, name, password_hash) values (${name}, ${name}, 'x') returning id)
      insert into auth.memberships (workspace_id, user_id, role)
      select ${stage.workspaceId}::uuid, id, ${role} from u returning user_id`;
    return made?.user_id ?? "";
  };
  await stage.sql`insert into auth.memberships (workspace_id, user_id, role) values (${stage.workspaceId}, ${ann}, 'manager')`;
  ben = await member("Ben", "operator");
  vic = await member("Vic", "viewer");
  members = await insertContacts(stage, stage.pageIds[0] ?? "", 8);
});
afterEach(() => stage.close());

/** Each of them wrote now, one after the other. */
const write = (ids: readonly string[]) => stage.sql`
  insert into messaging.conversations (workspace_id, id, page_id, last_message_at, preview_direction, unread_count)
  select c.workspace_id, c.id, c.page_id, now() + make_interval(secs => n::float8 / 1000), 'in', 1
  from unnest(${[...ids]}::uuid[]) with ordinality as who(id, n) join messaging.contacts c on c.id = who.id
  on conflict (workspace_id, id, page_id) do update set unread_count = 1, last_message_at = excluded.last_message_at`;

const who = async (ids: readonly string[]) => {
  const rows = await stage.sql<{ id: string; name: string | null }[]>`
    select v.id, u.name from messaging.conversations v left join auth.users u on u.id = v.assignee_id`;
  return ids.map((id) => rows.find((row) => row.id === id)?.name ?? null);
};

/** As if many processes looked at once, until nothing is left. */
async function giveAll(): Promise<void> {
  const looks = await Promise.all(Array.from({ length: 4 }, () => assignConversations(stage)));
  if (looks.some(Boolean)) await giveAll();
}

const rules = (changes: Partial<Parameters<typeof writeAssignmentRules>[2]>) =>
  writeAssignmentRules(stage.sql, stage.workspaceId, {
    how: "in_turn",
    userIds: [ann, ben],
    mostOpen: null,
    ...changes,
  });

test("assignConversations() assigns unassigned ones in turn, with an event in the timeline, and notifies each member once", async () => {
  await write(members.slice(0, 1));
  await stage.sql`update messaging.conversations set last_message_at = now() - interval '1 min'`;
  await rules({});
  const heard: string[] = [];
  stage.live.subscribe(`workspace:${stage.workspaceId}`, ({ name }) => heard.push(name));

  await write(members.slice(1, 6));
  await stage.sql`update messaging.conversations set unread_count = 0 where id = ${members[5] ?? ""}`;
  await giveAll();
  const first = await who(members.slice(0, 6));
  await write(members.slice(6, 8));
  await giveAll();

  // The first message is older than the rules, the last was read.
  expect(first).toEqual([null, "Ann", "Ben", "Ann", "Ben", null]);
  expect(await who(members.slice(6, 8))).toEqual(["Ann", "Ben"]);
  const { items } = await listNotifications(stage, { workspaceId: stage.workspaceId, userId: ben }, {});
  expect(items).toMatchObject([
    { kind: "assigned", by: null, conversation: { others: 0 } },
    { kind: "assigned", by: null, conversation: { others: 1 } },
  ]);
  const conversation = await readTimeline({ ...stage, graph: { appId: "1" } }, stage.workspaceId, {
    conversationId: members[1] ?? "",
  });
  expect(JSON.stringify(conversation.items)).toContain("MessageSender assigned the conversation to Ann");
  expect(heard.filter((name) => name === "conversation")).toHaveLength(6);
});

test("assignConversations() prefers the member with the fewest open ones, and respects the limit", async () => {
  await rules({ how: "fewest_open", mostOpen: 3 });
  await write(members.slice(0, 2));
  await stage.sql`update messaging.conversations set assignee_id = ${ann}`;

  await write(members.slice(2, 8));
  await giveAll();
  const full = await who(members.slice(2, 8));
  await stage.sql`update messaging.conversations set status = 'resolved' where id = ${members[0] ?? ""}`;
  await giveAll();

  expect(full).toEqual(["Ben", "Ben", "Ann", "Ben", null, null]);
  expect(await who(members.slice(2, 8))).toEqual(["Ben", "Ben", "Ann", "Ben", "Ann", null]);
});

test("assignConversations() skips former members, deactivated ones and viewers; off assigns nothing", async () => {
  await rules({});
  await stage.sql`update auth.users set deactivated_at = now() where id = ${ann}`;
  await write(members.slice(0, 2));
  await giveAll();
  await rules({ how: "off", userIds: [ben] });
  await write(members.slice(2, 3));
  await giveAll();

  expect(await who(members.slice(0, 3))).toEqual(["Ben", "Ben", null]);
});

test("writeAssignmentRules() refuses empty lists, strangers and viewers by their place, and keeps the old rules", async () => {
  const stranger = crypto.randomUUID();

  await expect(rules({ userIds: [] })).rejects.toMatchObject({
    code: "assignment-rules-invalid",
    status: 422,
    errors: [{ path: "/userIds" }],
  });
  await expect(rules({ userIds: [ann, vic, stranger] })).rejects.toMatchObject({
    errors: [{ path: "/userIds/1" }, { path: "/userIds/2" }],
  });
  expect(await readAssignmentRules(stage.sql, stage.workspaceId)).toEqual({
    how: "off",
    userIds: [],
    mostOpen: null,
  });
  await rules({ mostOpen: 5 });
  expect(await readAssignmentRules(stage.sql, stage.workspaceId)).toEqual({
    how: "in_turn",
    userIds: [ann, ben],
    mostOpen: 5,
  });
});

test("the database refuses rules without members or without a limit above zero", async () => {
  const store = (userIds: string[], most: number | null) => stage.sql`
    insert into messaging.assignment_rules (workspace_id, how, user_ids, most_open)
    values (${stage.workspaceId}, 'in_turn', ${userIds}::uuid[], ${most}::int2)`;

  await expect(store([], null)).rejects.toThrow("assignment_rules_people");
  await expect(store([ann], 0)).rejects.toThrow("assignment_rules_most");
});

test("share() begins after the member of the last turn", () => {
  const three = ["a", "b", "c"].map((id) => ({ id, open: 0, pageIds: null }));
  const waiting = ["1", "2"].map((id) => ({ id, pageId: "p" }));

  const given = share({ how: "in_turn", most_open: null, last_user_id: "b" }, { members: three, waiting });

  expect(given).toEqual([
    { id: "1", to: "c" },
    { id: "2", to: "a" },
  ]);
  expect(share({ how: "in_turn", most_open: null, last_user_id: null }, { members: [], waiting })).toEqual(
    [],
  );
});
