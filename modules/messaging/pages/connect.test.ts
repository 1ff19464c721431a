import { expect, onTestFinished, test } from "vitest";
import { systemClock } from "#std";
import { openDeliveryStage } from "../testing/delivery_stage.ts";
import { repairPage } from "./check.ts";
import { connectPage } from "./connect.ts";
import type { PageDeps } from "./deps.ts";

async function open() {
  const stage = await openDeliveryStage();
  onTestFinished(() => stage.close());
  const { sql } = stage.database;
  const on: PageDeps = {
    sql,
    clock: systemClock,
    graph: stage.graph,
    keyring: stage.keyring,
    live: stage.live,
    config: {
      appUrl: "http://localhost:3000",
      dialogUrl: "http://localhost:3000",
      jwtSecret: "",
      jwtRefreshSecret: "",
      trustedProxies: [],
      dataDir: "",
      verifyToken: "",
      loginConfigId: null,
      allowedMediaHosts: [],
    },
  };
  const page = await stage.connectPage();
  const { token } = await stage.control("GET", `/pages/${page.facebookId}/token`);
  const connect = () =>
    connectPage(on, {
      workspaceId: page.workspaceId,
      userId: page.userId,
      pageId: page.facebookId,
      accessToken: String(token),
    });
  return { sql, page, connect, repair: () => repairPage(on, page) };
}

test("connectPage() and repairPage() write the page and the jobs for its profile and history, or neither", async () => {
  const { sql, page, connect, repair } = await open();
  await sql`update messaging.pages set status = 'disconnected', token_sealed = null`;
  const state = async () => {
    const [row] = await sql`select status, scopes <> '{}' as "hasScopes" from messaging.pages`;
    const histories = await sql`select from messaging.page_histories`;
    const jobs = await sql<
      { kind: string }[]
    >`select kind from jobs.jobs where key = ${page.pageId} order by 1`;
    return { ...row, histories: histories.length, jobs: jobs.map(({ kind }) => kind) };
  };
  const refuse = () =>
    sql`alter table jobs.jobs add constraint refuse check (kind <> 'page.history') not valid`;
  const allow = () => sql`alter table jobs.jobs drop constraint refuse`;
  const jobs = ["messenger_profile.read", "page.history"];

  await refuse();
  await expect(connect()).rejects.toThrow("refuse");
  const refused = await state();
  await allow();
  await connect();
  const connected = await state();

  expect(refused).toEqual({ status: "disconnected", hasScopes: false, histories: 0, jobs: [] });
  expect(connected).toEqual({ status: "connected", hasScopes: true, histories: 1, jobs });

  await sql`delete from jobs.jobs`;
  await sql`update messaging.pages set status = 'restricted'`;
  await sql`update messaging.page_histories set state = 'done'`;
  await refuse();
  await expect(repair()).rejects.toThrow("refuse");
  const unrepaired = await state();
  await allow();
  await repair();

  expect(unrepaired).toMatchObject({ status: "restricted", jobs: [] });
  expect(await state()).toMatchObject({ status: "connected", jobs });
});
