import { expect, test } from "vitest";
import { campaignStageOfTest } from "../testing/campaign_stage.ts";
import { deleteLoginData, readDeletion } from "./withdrawal.ts";

test("deleteLoginData() disconnects, deletes and records it, or does nothing", async () => {
  const stage = await campaignStageOfTest({ pages: 2 });
  const { sql } = stage;
  await sql`update messaging.pages set connected_by_asid = '4711'`;
  const remove = () => deleteLoginData(stage, { asid: "4711", facebookId: null }, "signed");
  const connected = async () =>
    (await sql`select from messaging.pages where connected_by_asid = '4711'`).length;
  await sql`alter table messaging.data_deletions add constraint refuse check (pages is null)`;

  await expect(remove()).rejects.toThrow("refuse");
  const left = await connected();
  await sql`alter table messaging.data_deletions drop constraint refuse`;
  const code = await remove();

  expect([left, await connected()]).toEqual([2, 0]);
  expect(await readDeletion(stage, code)).toMatchObject({ pages: 2 });
});
