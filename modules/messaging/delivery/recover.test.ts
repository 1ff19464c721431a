import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { insertCampaign, type StageCampaign } from "../testing/insert_campaign.ts";
import { until } from "../../std/testing.ts";
import { type Ledger, openLedger } from "../testing/ledger.ts";
import { playMeta } from "../testing/played_meta.ts";

let on: Ledger;
beforeAll(async () => {
  on = await openLedger();
});
afterAll(() => on.close());
beforeEach(() => on.clear());

const template = (payload: Record<string, unknown>) => ({ attachment: { type: "template", payload } });

const messages: [string, StageCampaign][] = [
  ["a text with a variable", { message: { text: "Hello {{first_name|you}}" } }],
  ["a text with spaces around it", { message: { text: " Hello {{first_name|you}} \n" } }],
  ["cards", { message: template({ template_type: "generic", elements: [{ title: "Mug" }] }) }],
  [
    "a text above buttons",
    {
      message: template({
        template_type: "button",
        text: "More?",
        buttons: [{ type: "postback", title: "Yes", payload: "YES" }],
      }),
    },
  ],
  ["a file", { message: { attachment: { type: "image", payload: { attachment_id: "1" } } } }],
  [
    "a utility template",
    { message: { template: { name: "order", language: { code: "en" } } }, laneClass: "utility" },
  ],
];

test.each(messages)(
  "recover() finds %s that Meta accepted with a lost response, and nobody gets it twice",
  async (_, campaign) => {
    const { page } = await on.makePage(1);
    await on.sql`update messaging.paces set limit_per_second = 1000 where kind = 'lookup'`;
    const meta = playMeta((call) => (call === 0 ? "lose_after" : "accept"));
    const worker = on.startWorker(meta);
    const id = await insertCampaign(on, [page], campaign);

    await on.ended(worker);

    expect(await on.ledgerOf(id)).toEqual({ sent: 1 });
    expect(meta.accepted).toHaveLength(1);
  },
);

test.each(messages)("recover() resends %s that never reached Meta", async (_, campaign) => {
  const { page, contacts } = await on.makePage(1);
  await on.sql`update messaging.paces set limit_per_second = 1000 where kind = 'lookup'`;
  const meta = playMeta((call) => (call === 1 ? "lose_before" : "accept"));
  const worker = on.startWorker(meta);
  const [ann] = contacts;
  if (!ann) throw new Error("no contacts");
  // An earlier message of the page does not match.
  await on.reply(page, ann, "Hello you");
  await until("the reply", async () => meta.accepted.length === 1);
  const id = await insertCampaign(on, [page], campaign);

  await on.ended(worker);

  expect(await on.ledgerOf(id)).toEqual({ sent: 1 });
  expect(meta.accepted).toHaveLength(2);
});
