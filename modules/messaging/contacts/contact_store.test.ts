import type { Sql } from "postgres";
import { afterEach, expect, test } from "vitest";
import { systemClock } from "#std";
import { type CampaignStage, openCampaignStage } from "../testing/campaign_stage.ts";
import { rowsReadInside } from "../../../db/testing.ts";
import { listContacts } from "./contact_store.ts";

let stage: CampaignStage;
afterEach(() => stage.close());

test("listContacts() finds the few matches of two words by their index, with any estimate of the planner", async () => {
  stage = await openCampaignStage({ contacts: 5_000 });
  const { sql, workspaceId } = stage;
  await sql`update messaging.contacts set name = 'Ada Berstein'
    where id = (select id from messaging.contacts order by id limit 1)`;
  await sql`update messaging.contacts set name = 'Kira Olstein ' || psid where name is null`;
  await sql`vacuum (analyze) messaging.contacts`;
  const search = async (own: Sql, words: string) =>
    await listContacts({ sql: own, clock: systemClock }, workspaceId, { search: words, limit: 1 });
  let names: (string | null)[] = [];

  const read = await rowsReadInside(stage.database.url, {
    table: "contacts",
    async prepare(own) {
      // How frequent names are is read once in ten minutes.
      await search(own, "nobody atall");
      // With a million people it seems cheaper to walk over them in their order than to sort who was found.
      await own`set enable_sort = off`;
    },
    async work(own) {
      names = (await search(own, "ada ber")).items.map(({ name }) => name);
    },
  });

  expect(names).toEqual(["Ada Berstein"]);
  expect(read).toBeLessThan(10);
});
