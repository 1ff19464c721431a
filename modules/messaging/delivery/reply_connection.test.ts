import { expect, test } from "vitest";
import { openDatabase } from "#db";
import { openDeliveryStage } from "../testing/delivery_stage.ts";
import { until } from "../../std/testing.ts";

test("a reply leaves while all other connections of the worker are busy", async () => {
  const stage = await openDeliveryStage();
  const page = await stage.connectPage();
  const [contact] = await stage.addPeople(page, 1);
  if (!contact) throw new Error("Cannot add a person");
  const pool = openDatabase(stage.database.url, { max: 2 });
  const forReplies = openDatabase(stage.database.url, { max: 1 });
  const { graph, keyring, live } = stage;
  const config = { appUrl: "http://localhost:3000" };
  const { sql } = pool;
  stage.startWorker({}, { sql, graph, keyring, live, config, replySql: forReplies.sql });
  await until("the worker to listen", async () => {
    const rows = await stage.database.sql`select from pg_stat_activity
      where datname = current_database() and query ilike 'listen%'`;
    return rows.length > 0;
  });

  const busy = Array.from({ length: 4 }, () => sql`select pg_sleep(2)`.execute());
  await stage.reply(page, contact, "At once");
  const isOver = Promise.all(busy).then(() => "over");
  const left = until("the reply to leave", async () => (await stage.sent()).length > 0);
  const first = await Promise.race([left, isOver]);
  await Promise.all([left, isOver]);
  await stage.close();
  await Promise.all([pool.close(), forReplies.close()]);

  expect(first).toBe(true);
});
