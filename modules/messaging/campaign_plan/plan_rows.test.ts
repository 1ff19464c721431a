import { expect, test } from "vitest";
import { openDatabase } from "#db";
import { type CampaignStage, campaignStageOfTest } from "../testing/campaign_stage.ts";
import { until } from "../../std/testing.ts";
import { rowsRead } from "../../../db/testing.ts";
import { sendReply } from "../delivery/send_reply.ts";
import { planSome } from "./plan.ts";
import { launchNews } from "./testing.ts";

/** A campaign to six people, launched, of whom three are in each of its two ranges. */
async function launched(): Promise<{ stage: CampaignStage; contacts: string[] }> {
  const stage = await campaignStageOfTest({ contacts: 6 });
  await launchNews(stage);
  const rows = await stage.sql<{ id: string }[]>`select id from messaging.contacts order by id`;
  return { stage, contacts: rows.map(({ id }) => id) };
}

const isWaiting = async ({ sql }: CampaignStage) =>
  (await sql`select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`)
    .length > 0;

async function rowsOf({ sql }: CampaignStage) {
  const [row] = await sql`
    select count(*)::int4 as rows, count(c.id)::int4 as contacts
    from messaging.deliveries d left join messaging.contacts c on c.id = d.contact_id`;
  return row;
}

/** A plan of three people that has written their rows, and commits once `end` is called. */
async function planUpToItsEnd(stage: CampaignStage) {
  const lock = await stage.sql.reserve();
  await lock`begin`;
  await lock`select from messaging.campaigns for update`;
  const planning = planSome(stage);
  await until("the plan to wait at its end", () => isWaiting(stage));
  return {
    planning,
    async end() {
      await lock`commit`;
      lock.release();
    },
  };
}

test("a contact deleted during planning has no row afterwards, in either order", async () => {
  const { stage, contacts } = await launched();
  const { sql } = stage;

  // The deletion began before the plan reads the contact.
  const planned = sql.begin(async (tx) => {
    await tx`delete from messaging.contacts where id = ${contacts[0] ?? ""}`;
    const planning = planSome(stage, { chunk: 3 });
    await until("the plan to wait", () => isWaiting(stage));
    return { planning };
  });
  await (
    await planned
  ).planning;
  // The plan wrote the contact's row before the deletion, and did not commit yet.
  const { planning, end } = await planUpToItsEnd(stage);
  const deleting = sql`delete from messaging.contacts where id = ${contacts[4] ?? ""}`.execute();
  await until("the deletion to wait", async () => {
    const [waiting] = await sql`select count(*)::int4 as count from pg_stat_activity
      where datname = current_database() and wait_event_type = 'Lock'`;
    return waiting?.count === 2;
  });
  await end();
  await Promise.all([planning, deleting]);

  expect(await rowsOf(stage)).toEqual({ rows: 4, contacts: 4 });
});

test("sendReply() does not wait for a plan that writes the contact's row", async () => {
  const { stage, contacts } = await launched();
  const { sql, workspaceId, userId } = stage;
  const conversationId = contacts[4] ?? "";
  await sql`insert into messaging.conversations (id, workspace_id, page_id, last_message_at, preview_direction)
    select id, workspace_id, page_id, now(), 'in' from messaging.contacts`;
  await planSome(stage, { chunk: 3 });
  const { planning, end } = await planUpToItsEnd(stage);

  const replying = sendReply(
    { ...stage, config: { appUrl: "http://localhost:3000" } },
    { workspaceId, conversationId, by: { userId }, text: "Hi", idempotencyKey: "1" },
  );
  const first = await Promise.race([replying, Bun.sleep(5_000)]);
  await end();
  await Promise.all([planning, replying]);

  expect(first).toMatchObject({ isNew: true });
});

test("a plan's connection checks foreign keys again afterwards", async () => {
  const { stage } = await launched();
  const { sql, close } = openDatabase(stage.database.url, { max: 1 });
  await planSome({ ...stage, sql });

  const [role] = await sql`select current_setting('session_replication_role') as name`;
  await close();

  expect(role).toEqual({ name: "origin" });
});

test("a plan also works for a database user who may not skip checks", async () => {
  const { stage } = await launched();
  const role = `plain_${stage.workspaceId.slice(-12)}`;
  await stage.sql.unsafe(`create role ${role}; grant usage on schema messaging, auth, jobs to ${role};
    grant all on all tables in schema messaging, auth, jobs to ${role}`);
  const url = new URL(stage.database.url);
  url.searchParams.set("role", role);
  const { sql, close } = openDatabase(url.href, { max: 2 });

  await planSome({ ...stage, sql });
  const [user] = await sql`select current_user as name`;
  await close();
  await stage.sql.unsafe(`drop owned by ${role}; drop role ${role}`);

  expect(user).toEqual({ name: role });
  expect(await rowsOf(stage)).toEqual({ rows: 6, contacts: 6 });
});

test("a plan reads each contact once, for any number of pages", async () => {
  const stage = await campaignStageOfTest({ pages: 40, contacts: 250 });
  await stage.sql`vacuum (analyze) messaging.contacts`;
  const campaignId = await launchNews(stage);

  const read = await rowsRead(stage.database.url, "contacts", async (sql) => {
    while (await planSome({ ...stage, sql }, { chunk: 500 }));
  });

  const [row] = await stage.sql`select count(*)::int4 as count from messaging.deliveries
    where campaign_id = ${campaignId}`;
  expect(row).toEqual({ count: 10_000 });
  expect(read).toBeLessThan(30_000);
});
