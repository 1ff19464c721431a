import { afterEach, beforeEach, expect, test } from "vitest";
import { type AppWithMeta, openAppWithMeta } from "../../apps/server/testing/app_with_meta.ts";
import { runCampaign } from "../support/app_campaigns.ts";
import { until } from "../../modules/std/testing.ts";

let on: AppWithMeta;
beforeEach(async () => {
  on = await openAppWithMeta();
});
afterEach(() => on.close());

interface Transfer {
  id: string;
  status: string;
  counts: Record<string, number>;
  error: string | null;
  hasErrors: boolean;
  segmentId: string | null;
}

async function upload(text: string): Promise<Transfer> {
  const body = new Blob([text]);
  const response = await on.request("POST", "/contacts/import?fileName=winners.csv", { body });
  expect(response.status).toBe(201);
  const { transfer } = await response.json();
  return transfer;
}

async function ended(id: string): Promise<Transfer> {
  return await until("a transfer to end", async () => {
    const { body } = await on.here("GET", `/contacts/transfers/${id}`);
    const transfer: Transfer = JSON.parse(JSON.stringify(body.transfer));
    return transfer.status === "running" ? null : transfer;
  });
}

test("a campaign reaches the contacts of a CSV file, each from their page; unmatched lines are counted and returned", async () => {
  const luna = await on.pageWithContacts(3, "Luna");
  const sol = await on.pageWithContacts(2, "Sol");
  const [first = "", second = ""] = luna.psids;
  const [third = ""] = sol.psids;
  const before = await on.database.sql`select count(*)::int4 as count from messaging.contacts`;
  const file = await upload(
    [
      "Prize;Messenger",
      `1;${first}`,
      `2;${second}`,
      `3;${third}`,
      "4;90909090901",
      `5;${first}`,
      "6;4.2E+15",
      "7;90909090902",
    ].join("\r\n"),
  );

  const start = await on.here("POST", `/contacts/import/${file.id}/segment`, {
    column: "Messenger",
    name: " Winners ",
  });
  const done = await ended(file.id);
  const errors = await (await on.request("GET", `/contacts/transfers/${file.id}/errors`)).text();
  const segment = await on.here("GET", `/segments/${done.segmentId}`);
  const audience = { segmentId: done.segmentId };
  const preview = await on.here("POST", "/audience/preview", { kind: "window", audience });
  await runCampaign(on, { audience });
  const sent = await on.sent();

  expect(start.status, JSON.stringify(start.body)).toBe(202);
  expect(done).toMatchObject({
    status: "done",
    error: null,
    hasErrors: true,
    segmentName: "Winners",
    counts: { read: 7, refused: 2, matched: 3, unmatched: 2 },
  });
  expect(errors.split("\r\n").map((line) => line.split(",").slice(0, 2).join(","))).toEqual([
    "line,reason",
    "7,A spreadsheet shortened the PSID: format its column as text before you save",
    `6,The PSID ${first} is already in line 2`,
    "5,No contact has the PSID 90909090901",
    "8,No contact has the PSID 90909090902",
    "",
  ]);
  expect(segment.body.segment).toMatchObject({ name: "Winners", kind: "static", count: 3 });
  expect(preview.body).toMatchObject({ count: 3 });
  expect(sent.map(({ psid }) => psid).toSorted()).toEqual([first, second, third].toSorted());
  expect(await on.database.sql`select count(*)::int4 as count from messaging.contacts`).toEqual(before);
  expect(
    await on.database.sql`select 1 from messaging.contact_import_rows where transfer_id = ${file.id}`,
  ).toHaveLength(0);
}, 30_000);

test("a segment of a file is refused for an unknown column, a taken name, and a used file", async () => {
  const { psids } = await on.pageWithContacts(1);
  const file = await upload(`psid\n${psids[0]}`);
  const segment = (column: string, name: string) =>
    on.here("POST", `/contacts/import/${file.id}/segment`, { column, name });

  const unknown = await segment("messenger", "Some");
  await on.here("POST", "/segments", { name: "Some", kind: "static" });
  const taken = await segment("psid", "some");
  await segment("psid", "Others");
  const done = await ended(file.id);
  const again = await segment("psid", "More");
  const { body } = await on.here("POST", `/contacts/transfers/${file.id}/undo`);

  expect([unknown.status, taken.status, again.status]).toEqual([422, 409, 409]);
  expect(done).toMatchObject({ status: "done", hasErrors: false, counts: { matched: 1, unmatched: 0 } });
  expect(body).toMatchObject({ status: 409 });
});

test("a name taken during the reading ends the file with the reason, without a partial segment", async () => {
  const { psids } = await on.pageWithContacts(1);
  const file = await upload(`psid\n${psids[0]}`);
  // The job waits for this table while the name is taken.
  await on.database.sql.begin(async (tx) => {
    await tx`lock table messaging.contact_import_rows in access exclusive mode`;
    await on.here("POST", `/contacts/import/${file.id}/segment`, { column: "psid", name: "Race" });
    await on.here("POST", "/segments", { name: "Race", kind: "static" });
  });

  const failed = await ended(file.id);
  const { body } = await on.here("GET", "/segments");

  expect(failed).toMatchObject({ status: "failed", segmentId: null });
  expect(failed.error).toContain('Cannot use the name "Race"');
  expect(body.items).toHaveLength(1);
});
