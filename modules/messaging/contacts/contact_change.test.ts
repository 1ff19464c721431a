import { expect, test } from "vitest";
import { campaignStageOfTest } from "../testing/campaign_stage.ts";
import { createContact } from "./contact_change.ts";

test("createContact() creates the contact and the job that reads its name, or neither", async () => {
  const { sql, live, ...stage } = await campaignStageOfTest();
  const [pageId = ""] = stage.pageIds;
  const create = () =>
    createContact({ sql, live }, { workspaceId: stage.workspaceId, by: stage.ann, pageId, psid: "4711" });
  await sql`alter table jobs.jobs add constraint refuse check (kind <> 'contact.profile')`;

  await expect(create()).rejects.toThrow("refuse");
  const left = await sql`select from messaging.contacts`;
  await sql`alter table jobs.jobs drop constraint refuse`;
  const id = await create();

  expect(left).toHaveLength(0);
  expect(await sql`select key from jobs.jobs where kind = 'contact.profile'`).toEqual([{ key: id }]);
});
