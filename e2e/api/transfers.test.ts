import { afterAll, beforeAll, expect, test } from "vitest";
import { JobDelayed, type JobRunner, startJobs } from "#db";
import { jobHandlers } from "#messaging";
import { until } from "../../modules/std/testing.ts";
import { inhabit, type Inhabited } from "../../apps/server/testing/inhabited.ts";
import { unzip } from "../../modules/messaging/sheets/testing.ts";

let world: Inhabited;
let jobs: JobRunner;
beforeAll(async () => {
  world = await inhabit();
  jobs = startJobs(world.system, jobHandlers(world.system), { pollMs: 20 });
});
afterAll(async () => {
  await jobs.stop();
  await world.close();
});

interface Transfer {
  id: string;
  status: string;
  counts: Record<string, number>;
  error: string | null;
}

const request = (method: string, path: string, body?: unknown) =>
  world.request(method, `/contacts${path}`, { body, token: world.tokens.owner });

const upload = (text: string) =>
  request("POST", "/import?fileName=people.csv", new Blob([text], { type: "text/csv" }));

async function uploaded(
  text: string,
): Promise<{ transfer: Transfer; columns: string[]; sample: string[][] }> {
  const response = await upload(text);
  expect(response.status).toBe(201);
  return await response.json();
}

async function started(path: string, body: unknown): Promise<Transfer> {
  const response = await request("POST", path, body);
  const answer = await response.json();
  expect(response.status, JSON.stringify(answer)).toBe(202);
  return answer.transfer;
}

async function ended({ id }: Transfer): Promise<Transfer> {
  return await until("a transfer to end", async () => {
    const response = await request("GET", `/transfers/${id}`);
    const { transfer } = await response.json();
    return transfer.status === "running" ? null : transfer;
  });
}

/** All contacts of the page by PSID, with the values that an import may change. */
async function people() {
  return await world.system.sql`
    select c.psid, c.name, c.subscribed, c.subscription_reason as reason,
      array(select t.name from messaging.contact_tags as ct join messaging.tags as t on t.id = ct.tag_id
        where ct.contact_id = c.id order by 1) as tags,
      (select jsonb_object_agg(d.key, coalesce(f.text_value, f.number_value::text)) from messaging.contact_fields as f
        join messaging.custom_fields as d on d.id = f.field_id where f.contact_id = c.id) as fields
    from messaging.contacts as c where c.page_id = ${world.here.ids.pageId ?? ""} order by c.psid`;
}

const file = [
  "\uFEFFPSID;Name;Town;Subscribed;Tags",
  '70010;"Lee; Ann";Berlin;yes;tag here',
  "70050;Bo Ek;Rome;no;",
  "70051;;=1+1;;Tag Here",
  "7.1E+15;Cut;;;",
  "70052;Dee;;perhaps;",
  "70053;Eve;;;unheard of",
  "70050;Twice;;;",
  "",
].join("\r\n");
const mapping = { PSID: "psid", Name: "name", Town: "field:city", Subscribed: "subscribed", Tags: "tags" };

test("an import is tested, run and undone: good lines count, bad ones return with reasons, no contact is resubscribed", async () => {
  const { pageId = "", contactId = "" } = world.here.ids;
  const { sql } = world.system;
  await sql`update messaging.contacts set psid = '70010', subscribed = false where id = ${contactId}`;
  await sql`insert into messaging.suppressions (workspace_id, page_id, psid, reason)
    values (${world.here.workspaceId}, ${pageId}, '70051', 'stop')`;
  await sql`insert into messaging.contact_fields (workspace_id, page_id, contact_id, field_id, type, text_value)
    values (${world.here.workspaceId}, ${pageId}, ${contactId}, ${world.here.ids.fieldId ?? ""}, 'text', 'Bonn')`;
  const before = await people();

  const { transfer, columns, sample } = await uploaded(file);
  const dry = await ended(await started(`/import/${transfer.id}/start`, { mapping, pageId, dryRun: true }));
  const untouched = await people();
  const done = await ended(await started(`/import/${transfer.id}/start`, { mapping, pageId }));
  const after = await people();
  const errors = await (await request("GET", `/transfers/${transfer.id}/errors`)).text();
  const again = await request("POST", `/import/${transfer.id}/start`, { mapping, pageId });
  // Contacts with messages stay, without the import's values.
  await sql`update messaging.contacts set last_inbound_at = now() where psid = '70051'`;
  const undone = await ended(await started(`/transfers/${transfer.id}/undo`, {}));
  const left = await people();
  await sql`delete from messaging.contacts where psid = '70051'`;

  expect(columns).toEqual(["PSID", "Name", "Town", "Subscribed", "Tags"]);
  expect(sample[0]).toEqual(["70010", "Lee; Ann", "Berlin", "yes", "tag here"]);
  expect(dry).toMatchObject({ status: "done", counts: { read: 7, refused: 4, made: 2, changed: 1 } });
  expect(untouched).toEqual(before);
  expect(done).toMatchObject({
    status: "done",
    counts: { read: 7, refused: 4, applied: 3, made: 2, changed: 1 },
  });
  expect(after.filter((one) => before.every((old) => old.psid !== one.psid) || one.psid === "70010")).toEqual(
    [
      {
        psid: "70010",
        name: "Lee; Ann",
        subscribed: false,
        reason: null,
        tags: ["Tag Here"],
        fields: { city: "Berlin" },
      },
      {
        psid: "70050",
        name: "Bo Ek",
        subscribed: false,
        reason: "Unsubscribed in an import",
        tags: [],
        fields: { city: "Rome" },
      },
      {
        psid: "70051",
        name: null,
        subscribed: false,
        reason: "On the suppression list",
        tags: ["Tag Here"],
        fields: { city: "=1+1" },
      },
    ],
  );
  expect(errors.split("\r\n").map((line) => line.split(",").slice(0, 2).join(","))).toEqual([
    "line,reason",
    "5,A spreadsheet shortened the PSID: format its column as text before you save",
    '6,"""Subscribed"" must be yes or no"',
    '7,"The tag ""unheard of"" does not exist: create it first"',
    "8,The PSID 70050 is already in line 3",
    "",
  ]);
  expect(again.status).toBe(409);
  expect(undone).toMatchObject({ status: "undone", counts: { undone: 3, deleted: 1 } });
  expect(left.filter((one) => one.psid !== "70051")).toEqual(before);
  expect(left.find((one) => one.psid === "70051")).toMatchObject({ tags: [], fields: null });
});

test("an undone import keeps later changes, and leaves no contact on the suppression list because of it", async () => {
  const { pageId = "", contactId = "" } = world.here.ids;
  const { sql } = world.system;
  await sql`update messaging.contacts set psid = '70010', subscribed = true, subscription_reason = null,
    subscription_at = null, first_name = 'Ann', last_name = 'Lee', name = 'Ann Lee' where id = ${contactId}`;
  await sql`delete from messaging.contact_fields where contact_id = ${contactId}`;
  const lines = [
    "psid,first,last,city,sub,zone",
    "70010,Anna,Li,Berlin,no,Asia/Tokyo",
    "70060,New,Person,Rome,no,2",
    "70061,No,Zone,Rome,no,Mars",
    "",
  ].join("\n");
  const columns = {
    psid: "psid",
    first: "firstName",
    last: "lastName",
    city: "field:city",
    sub: "subscribed",
    zone: "timezone",
  };

  const { transfer } = await uploaded(lines);
  await ended(await started(`/import/${transfer.id}/start`, { mapping: columns, pageId }));
  const imported = (await people()).filter((one) => ["70010", "70060"].includes(one.psid));
  const zones =
    await sql`select psid, timezone from messaging.contacts where psid in ('70010', '70060', '70061')
    order by psid`;
  await request("PATCH", `/${contactId}`, { lastName: "Corrected", fields: { city: "Oslo" } });
  await ended(await started(`/transfers/${transfer.id}/undo`, {}));
  const left = (await people()).filter((one) => ["70010", "70060"].includes(one.psid));
  const suppressed = await sql`select psid from messaging.suppressions where psid in ('70010', '70060')`;

  expect(imported).toMatchObject([
    { psid: "70010", name: "Anna Li", subscribed: false, fields: { city: "Berlin" } },
    { psid: "70060", subscribed: false },
  ]);
  expect(left).toMatchObject([
    { psid: "70010", name: "Anna Corrected", subscribed: true, reason: null, fields: { city: "Oslo" } },
  ]);
  expect(zones.map(({ timezone }) => timezone)).toEqual(["Asia/Tokyo", "2"]);
  expect(await sql`select timezone from messaging.contacts where id = ${contactId}`).toMatchObject([
    { timezone: null },
  ]);
  expect(suppressed).toHaveLength(0);
});

test("an import changes a field's time only with its value, and its undo restores the old time", async () => {
  const { pageId = "", contactId = "", fieldId = "" } = world.here.ids;
  const { sql } = world.system;
  await sql`update messaging.contacts set psid = '70010' where id = ${contactId}`;
  await sql`insert into messaging.contacts (workspace_id, page_id, psid) values (${world.here.workspaceId}, ${pageId}, '70070')`;
  await sql`insert into messaging.contact_fields (workspace_id, page_id, contact_id, field_id, type, text_value, changed_at)
    select workspace_id, page_id, id, ${fieldId}, 'text', 'Bonn', now() - interval '3 days' from messaging.contacts
    where psid in ('70010', '70070')
    on conflict (contact_id, field_id) do update set text_value = excluded.text_value, changed_at = excluded.changed_at`;
  const changedToday = async () =>
    (
      await sql`select c.psid, f.text_value as city from messaging.contact_fields f join messaging.contacts c on c.id = f.contact_id
        where c.psid in ('70010', '70070') and f.changed_at > now() - interval '1 day'`
    ).map(({ psid, city }) => `${psid} ${city}`);

  const { transfer } = await uploaded("psid,city\n70010,Bonn\n70070,Rome\n");
  await ended(
    await started(`/import/${transfer.id}/start`, { mapping: { psid: "psid", city: "field:city" }, pageId }),
  );
  const imported = await changedToday();
  await ended(await started(`/transfers/${transfer.id}/undo`, {}));
  const undone = await changedToday();
  await sql`delete from messaging.contacts where psid = '70070'`;

  expect(imported).toEqual(["70070 Rome"]);
  expect(undone).toEqual([]);
});

test("a file of a Windows spreadsheet keeps its letters; UTF-16 is refused in words", async () => {
  const { pageId = "" } = world.here.ids;
  const { sql } = world.system;
  const inWindows = (text: string) => Uint8Array.from(text, (letter) => letter.charCodeAt(0));
  const bytes = [inWindows("psid;name\n70070;J\u00f6rg \u0080\n"), Buffer.from("70071;Zoë\n")];

  const response = await request("POST", "/import?fileName=w.csv", new Blob(bytes, { type: "text/csv" }));
  const { transfer, sample } = await response.json();
  await ended(
    await started(`/import/${transfer.id}/start`, { mapping: { psid: "psid", name: "name" }, pageId }),
  );
  const named = await sql`select name from messaging.contacts where psid in ('70070', '70071') order by psid`;
  await sql`delete from messaging.contacts where psid in ('70070', '70071')`;
  const wide = await request(
    "POST",
    "/import?fileName=w.csv",
    new Blob([Buffer.from("\uFEFFpsid,name", "utf16le")]),
  );

  expect(sample).toEqual([
    ["70070", "Jörg €"],
    ["70071", "Zoë"],
  ]);
  expect(named.map(({ name }) => name)).toEqual(["Jörg €", "Zoë"]);
  expect(wide.status).toBe(422);
  expect(await wide.json()).toMatchObject({ code: "not-utf8" });
});

test("an unknown filter is refused: it would match all contacts", async () => {
  const { pageId = "" } = world.here.ids;

  const bulk = await request("POST", "/bulk", { filter: { pageIds: [pageId] }, action: { delete: true } });
  const file = await request("POST", "/export", { filter: { tag: pageId }, format: "csv" });

  expect([bulk.status, file.status]).toEqual([422, 422]);
  expect(await bulk.json()).toMatchObject({ errors: [{ path: "/filter/pageIds" }] });
});

test("an export has the filter's contacts, safe for spreadsheets, only for permitted callers", async () => {
  const { pageId = "" } = world.here.ids;
  const { sql } = world.system;
  await sql`insert into messaging.contacts (workspace_id, page_id, psid, name, source) values
    (${world.here.workspaceId}, ${pageId}, '80001', '=HYPERLINK("http://x")', 'link'),
    (${world.here.workspaceId}, ${pageId}, '80002', '@you, "quoted"', 'link'),
    (${world.here.workspaceId}, ${pageId}, '80003', 'Plain', 'ad')`;

  const transfer = await ended(await started("/export", { filter: { source: "link" }, format: "csv" }));
  const response = await request("GET", `/transfers/${transfer.id}/file`);
  const lines = (await response.text()).split("\r\n");
  const byManager = await world.request("GET", `/contacts/transfers/${transfer.id}/file`);

  expect(transfer).toMatchObject({ status: "done", counts: { written: 2 } });
  expect(response.headers.get("content-disposition")).toContain("attachment");
  expect(lines).toHaveLength(4);
  expect(lines[1]).toContain(`80001,"'=HYPERLINK(""http://x"")",`);
  expect(lines[2]).toContain(`80002,"'@you, ""quoted""",`);
  expect(byManager.status).toBe(403);
});

test("importing an exported file changes nothing: escaped cells are restored", async () => {
  const { pageId = "", fieldId = "" } = world.here.ids;
  const { sql } = world.system;
  const made = async () =>
    await sql`
      select c.name, c.first_name, c.last_name, c.timezone, f.text_value as phone,
        array(select t.name from messaging.contact_tags ct join messaging.tags t on t.id = ct.tag_id
          where ct.contact_id = c.id order by 1) as tags
      from messaging.contacts c left join messaging.contact_fields f on f.contact_id = c.id where c.psid = '85001'`;
  await sql`
    with made as (
      insert into messaging.contacts (workspace_id, page_id, psid, name, first_name, last_name, timezone, source)
      values (${world.here.workspaceId}, ${pageId}, '85001', '@jo =Lee', '@jo', '=Lee', '-7', 'comment') returning *),
    tag as (
      insert into messaging.tags (workspace_id, name, colour)
      values (${world.here.workspaceId}, 'Gold, since 2020', 'blue') returning id),
    tagged as (
      insert into messaging.contact_tags (workspace_id, page_id, contact_id, tag_id)
      select made.workspace_id, made.page_id, made.id, tag.id from made, tag)
    insert into messaging.contact_fields (workspace_id, page_id, contact_id, field_id, type, text_value)
    select workspace_id, page_id, id, ${fieldId}, 'text', '+49 30 123456' from made`;
  const before = await made();

  const exported = await ended(await started("/export", { filter: { source: "comment" }, format: "csv" }));
  const text = await (await request("GET", `/transfers/${exported.id}/file`)).text();
  const { transfer, columns } = await uploaded(text);
  const city = columns.at(-1) ?? "";
  const done = await ended(
    await started(`/import/${transfer.id}/start`, {
      mapping: {
        psid: "psid",
        "first name": "firstName",
        "last name": "lastName",
        "time zone": "timezone",
        tags: "tags",
        [city]: "field:city",
      },
      pageId,
    }),
  );

  expect(text).toContain("'-7");
  expect(done.counts).toMatchObject({ read: 1, refused: 0, changed: 1 });
  expect(await made()).toEqual(before);
});

test("columns without a name, and two of one name, are distinguishable", async () => {
  const { pageId = "" } = world.here.ids;
  const { transfer, columns, sample } = await uploaded("psid,reason,reason,,\n85010,asked,Ann,,x\n");

  const done = await ended(
    await started(`/import/${transfer.id}/start`, {
      mapping: { psid: "psid", "reason (2)": "name" },
      pageId,
    }),
  );
  const [person] = await world.system.sql`delete from messaging.contacts where psid = '85010' returning name`;

  expect(columns).toEqual(["psid", "reason", "reason (2)", "Column 4", "Column 5"]);
  expect(sample).toEqual([["85010", "asked", "Ann", "", "x"]]);
  expect(done.counts).toMatchObject({ made: 1 });
  expect(person).toEqual({ name: "Ann" });
  expect((await upload(`${",".repeat(99_000)}\n70001\n`)).status).toBe(422);
});

test("an Excel export has the same contacts, whole PSIDs and harmless formulas", async () => {
  const { pageId = "", fieldId = "" } = world.here.ids;
  const { sql } = world.system;
  await sql`
    with made as (
      insert into messaging.contacts (workspace_id, page_id, psid, name, source, created_at)
      values (${world.here.workspaceId}, ${pageId}, '24266381753005180', '=1+1', 'welcome', '2026-11-24 12:00:00+00')
      returning *)
    insert into messaging.contact_fields (workspace_id, page_id, contact_id, field_id, type, text_value)
    select workspace_id, page_id, id, ${fieldId}, 'text', 'Bonn & Co' from made`;

  const transfer = await ended(await started("/export", { filter: { source: "welcome" }, format: "xlsx" }));
  const response = await request("GET", `/transfers/${transfer.id}/file`);
  const sheet = unzip(new Uint8Array(await response.arrayBuffer()))["xl/worksheets/sheet1.xml"] ?? "";
  const rows = sheet.split("<row>").slice(1);

  expect(transfer).toMatchObject({ status: "done", counts: { written: 1 } });
  expect(response.headers.get("content-type")).toContain("spreadsheetml.sheet");
  expect(response.headers.get("content-disposition")).toMatch(/\.xlsx$/);
  expect(rows).toHaveLength(2);
  for (const text of [">24266381753005180<", ">'=1+1<", ">Bonn &amp; Co<", "<v>46350.5</v>"])
    expect(rows[1]).toContain(text);
});

test("an import continues after its process died, and reads rows again that a database crash lost", async () => {
  const { pageId = "" } = world.here.ids;
  const { sql } = world.system;
  const lines = Array.from({ length: 12_000 }, (_, n) => `${900_000 + n},N${n}`);
  const { transfer } = await uploaded(["psid,name", ...lines].join("\n"));
  await jobs.stop();
  await started(`/import/${transfer.id}/start`, { mapping: { psid: "psid", name: "name" }, pageId });
  // As if the first 4,000 lines had been applied, and an unlogged table were empty after a crash.
  await sql`update messaging.contact_transfers set progress = 4001, options = options || '{"lastLine": 12001}'
    where id = ${transfer.id}`;

  jobs = startJobs(world.system, jobHandlers(world.system), { pollMs: 20 });
  const done = await ended(transfer);
  const [made] = await sql`select count(*)::int4 as count, min(psid) as first from messaging.contacts
    where source = 'import' and page_id = ${pageId}`;

  expect(done).toMatchObject({ status: "done", error: null });
  expect(made).toEqual({ count: 8_000, first: "904000" });
});

test("a file that is not CSV, has no lines, or has a wrong mapping is refused in words", async () => {
  const { pageId = "" } = world.here.ids;
  const zipped = await upload("PK\u0003\u0004");
  const older = await request("POST", "/import", new Blob([new Uint8Array([0xd0, 0xcf, 0x11, 0xe0])]));
  const empty = await upload("");
  const onlyNames = await upload("psid,name\n");
  const form = new FormData();
  form.append("file", new Blob(["psid,name\n70090,Ann"], { type: "text/csv" }), "people.csv");
  const inForm = await request("POST", "/import", form);
  const { transfer } = await uploaded("psid,name\n70090,Ann");
  const start = (wrong: Record<string, string>, page = pageId) =>
    request("POST", `/import/${transfer.id}/start`, { mapping: wrong, pageId: page });
  const wrong = [
    await start({ name: "name" }),
    await start({ psid: "psid", town: "field:city" }),
    await start({ psid: "psid", name: "field:unheard" }),
    await start({ psid: "psid", name: "psid" }),
  ];
  const foreign = await start({ psid: "psid" }, world.elsewhere.ids.pageId);

  expect([zipped.status, older.status, empty.status, onlyNames.status]).toEqual([422, 422, 422, 422]);
  expect(inForm.status).toBe(415);
  expect((await inForm.json()).detail).toContain("as the body");
  for (const refused of [zipped, older]) expect((await refused.json()).detail).toContain("Save it as CSV");
  expect(wrong.map(({ status }) => status)).toEqual([422, 422, 422, 422]);
  expect(foreign.status).toBe(409);
});

test("after a week files and undo data of an import are deleted; its changes stay", async () => {
  const { pageId = "" } = world.here.ids;
  const { sql } = world.system;
  const { transfer } = await uploaded("psid,name\n70095,Ann\nx,Bo");
  await ended(
    await started(`/import/${transfer.id}/start`, { mapping: { psid: "psid", name: "name" }, pageId }),
  );
  const before = await request("GET", `/transfers/${transfer.id}/errors`);
  await sql`update messaging.contact_transfers set created_at = now() - interval '8 days' where id = ${transfer.id}`;

  const forget = jobHandlers(world.system)["contacts.transfers_keep"]?.run({}, "all");
  await expect(forget).rejects.toBeInstanceOf(JobDelayed);

  expect(before.status).toBe(200);
  expect((await request("GET", `/transfers/${transfer.id}/errors`)).status).toBe(404);
  expect((await request("POST", `/transfers/${transfer.id}/undo`)).status).toBe(409);
  expect(
    await sql`select 1 from messaging.contact_import_rows where transfer_id = ${transfer.id}`,
  ).toHaveLength(0);
  expect(await sql`select 1 from messaging.contacts where psid = '70095'`).toHaveLength(1);
});

test("an unfinished upload can be continued with its columns and mapping", async () => {
  const { pageId = "" } = world.here.ids;
  const { transfer, columns, sample } = await uploaded("psid,name\n70070,Ann");
  const chosen = { mapping: { psid: "psid" }, pageId, addTagIds: [] };

  const left = await (await request("GET", `/import/${transfer.id}`)).json();
  await ended(await started(`/import/${transfer.id}/start`, { ...chosen, dryRun: true }));
  const tried = await (await request("GET", `/import/${transfer.id}`)).json();
  await ended(await started(`/import/${transfer.id}/start`, chosen));
  const done = await (await request("GET", `/import/${transfer.id}`)).json();
  const noImport = await request("GET", `/import/${world.here.ids.transferId ?? ""}`);

  expect(left).toEqual({ transfer, columns, sample, chosen: null });
  expect(left.transfer.canStart).toBe(true);
  expect(tried).toMatchObject({ columns, sample, chosen, transfer: { isDryRun: true, canStart: true } });
  expect(done.transfer).toMatchObject({ status: "done", canStart: false });
  expect(noImport.status).toBe(409);
});

test.each([
  ["\n", "\n"],
  ["\r\n", "\n"],
  ["\r\n", "\r\n"],
])(
  "rejected lines are numbered as in an editor, past empty lines and multi-line cells (%j, %j)",
  async (end, within) => {
    const lines = [
      "PSID,Note",
      "",
      `70060,"two${within}lines"`,
      "cut,x",
      "",
      "",
      `70061,"a ""quoted""${within}${within}word"`,
      "no,y",
      "70060,again",
    ];

    const { transfer } = await uploaded(lines.join(end));
    const dry = await started(`/import/${transfer.id}/start`, {
      mapping: { PSID: "psid" },
      pageId: world.here.ids.pageId,
      dryRun: true,
    });

    expect(await ended(dry)).toMatchObject({ status: "done", counts: { read: 5, refused: 3 } });
    const errors = await (await request("GET", `/transfers/${transfer.id}/errors`)).text();
    expect(errors.split("\r\n").map((line) => line.split(",").slice(0, 2).join(","))).toEqual([
      "line,reason",
      "5,The PSID must be a number of 5 to 32 digits",
      "11,The PSID must be a number of 5 to 32 digits",
      "12,The PSID 70060 is already in line 3",
      "",
    ]);
  },
);

test("an endless quote or line is refused with its line, at once or when it is reached", async () => {
  const broken = `PSID\n\n"70\n050"\n"70051${"x\n".repeat(60_000)}`;
  const numbers = Array.from({ length: 100_000 }, (_, n) => 700_000 + n);
  const late = `PSID\n${numbers.join("\n")}\n"${"x\n".repeat(60_000)}`;

  const refused = await upload(broken);
  const { transfer } = await uploaded(late);
  const begun = await started(`/import/${transfer.id}/start`, {
    mapping: { PSID: "psid" },
    pageId: world.here.ids.pageId,
  });

  expect(refused.status).toBe(422);
  expect(await refused.json()).toMatchObject({
    code: "csv-unreadable",
    detail: expect.stringMatching(/line 5\b.*quote/),
  });
  const { status, error } = await ended(begun);
  expect([status, error]).toEqual(["failed", expect.stringMatching(/line 100002\b.*quote/)]);
});
