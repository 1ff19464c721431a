import { afterAll, beforeAll, expect, test } from "vitest";
import { type AppWithMeta, openAppWithMeta } from "../../../apps/server/testing/app_with_meta.ts";
import { until } from "../../std/testing.ts";
import { sendMessage } from "../graph/send.ts";
import { createMetaTemplate, listMetaTemplates } from "../graph/templates.ts";
import { recordTemplateStatus } from "../inbound/record_template_status.ts";

interface MetaPage {
  id: string;
  facebookId: string;
  token: string;
}

let on: AppWithMeta;
let luna: MetaPage;
let sol: MetaPage;
beforeAll(async () => {
  on = await openAppWithMeta();
  luna = await connect("Luna");
  sol = await connect("Sol");
});
afterAll(() => on.close());

async function connect(name: string): Promise<MetaPage> {
  const facebookId = String((await on.control("POST", "/pages", { name })).id);
  const token = String((await on.control("GET", `/pages/${facebookId}/token`)).token);
  await on.call(on.managerToken, "POST", `/workspaces/${on.workspaceId}/pages`, {
    pageId: facebookId,
    accessToken: token,
  });
  const [page] = await on.database.sql<{ id: string }[]>`
    select id from messaging.pages where facebook_id = ${facebookId}`;
  return { id: page?.id ?? "", facebookId, token };
}

const call = (method: string, rest: string, body?: unknown) =>
  on.call(on.managerToken, method, `/workspaces/${on.workspaceId}/utility-templates${rest}`, body);

interface Item {
  id: string;
  page: { id: string };
  name: string;
  status: string;
  statusReason: string | null;
  body: string;
  parameters: { key: string }[];
}
async function items(name: string): Promise<Item[]> {
  const { body } = await call("GET", `?search=${name}`);
  const found: Item[] = Array.isArray(body.items) ? body.items : [];
  return found.filter((item) => item.name === name);
}
const whenAll = (name: string, status: string) =>
  until(`${name} to be ${status}`, async () => {
    const found = await items(name);
    return found.length > 0 && found.every((item) => item.status === status) ? found : null;
  });
const create = (name: string, pages: MetaPage[], more: Record<string, unknown> = {}) =>
  call("POST", "", {
    pageIds: pages.map(({ id }) => id),
    name,
    language: "en",
    body: "Good news, {{customer}}: your order {{order_id}} is on its way to you.",
    samples: { customer: "John", order_id: "566701" },
    ...more,
  });
const atMeta = async (page: MetaPage) =>
  (await listMetaTemplates(on.system.graph, page)).map(({ name }) => name);

test("a utility template is created on each page, approved, and its messages are accepted by Meta", async () => {
  const made = await create("order_update", [luna, sol], {
    header: "Order {{number}}",
    samples: { customer: "John", order_id: "566701", "header.number": "7" },
    buttons: [{ type: "postback", title: "Track", payload: "TRACK" }],
  });
  const approved = await whenAll("order_update", "APPROVED");
  const content = {
    utility: {
      name: "order_update",
      language: "en",
      parameters: { customer: "{{first_name|friend}}", order_id: "A-1", "header.number": "7" },
    },
  };
  const { body } = await on.call(on.managerToken, "POST", `/workspaces/${on.workspaceId}/templates/preview`, {
    content,
  });
  const { psid } = await on.control("POST", "/persons", { pageId: luna.facebookId, lastActionHoursAgo: 300 });
  const message: Record<string, unknown> = Object(body.message);
  const sent = sendMessage(on.system.graph, {
    pageFacebookId: luna.facebookId,
    token: luna.token,
    psid: String(psid),
    messagingType: "UTILITY",
    message,
  });

  expect(made).toMatchObject({
    status: 202,
    body: { items: [{ status: "PENDING" }, { status: "PENDING" }] },
  });
  expect(approved.map(({ page }) => page.id).toSorted()).toEqual([luna.id, sol.id].toSorted());
  expect(approved[0]?.parameters.map(({ key }) => key)).toEqual([
    "header.number",
    "customer",
    "order_id",
    "button.0",
  ]);
  expect(body).toMatchObject({
    problems: [],
    utility: {
      header: "Order 7",
      body: "Good news, friend: your order A-1 is on its way to you.",
      buttons: ["Track"],
    },
  });
  await expect(sent).resolves.toMatchObject({ mid: expect.any(String) });
});

test("recordTemplateStatus() stores the result of a review from a webhook", async () => {
  await on.control("PATCH", "/switches", { templateReview: "PENDING" });
  await create("slow_review", [luna]);
  await until("Meta to have it", async () => (await atMeta(luna)).includes("slow_review"));
  // Asked once; the next time is minutes away, so the change did not come from a request.
  await until("the page to be asked", async () => {
    const rows = await on.database.sql`select from jobs.jobs
      where kind = 'utility_template.refresh' and key = ${luna.id} and run_at > now() + interval '1 minute'`;
    return rows.length > 0;
  });
  await on.control("PATCH", "/switches", { templateReview: "APPROVED" });

  await on.control("POST", `/pages/${luna.facebookId}/templates`, {
    name: "slow_review",
    language: "en",
    status: "REJECTED",
    reason: "TAG_SHOULD_BE_MARKETING",
  });

  const [rejected] = await whenAll("slow_review", "REJECTED");
  expect(rejected?.statusReason).toBe("TAG_SHOULD_BE_MARKETING");
});

test("recordTemplateStatus() keeps the newer status in any order", async () => {
  await create("flaps", [luna]);
  await whenAll("flaps", "APPROVED");
  const [row] = await on.database.sql<{ facebook_id: string; at: number }[]>`
    select facebook_id, (extract(epoch from status_at) * 1000)::float8 as at
    from messaging.utility_templates where name = 'flaps'`;
  const at = row?.at ?? 0;
  const notice = (minutes: number, status: string, page = luna.facebookId) => ({
    type: "notice" as const,
    pageFacebookId: page,
    psid: null,
    at: at + minutes * 60_000,
    kind: "messenger_template_status_update",
    key: "",
    data: JSON.stringify({
      message_template_id: row?.facebook_id,
      message_template_status: status,
      reason: "NONE",
    }),
    opensWindow: false,
    consent: null,
    source: null,
    owner: null,
    pageNews: null,
  });
  const record = (...notices: ReturnType<typeof notice>[]) =>
    on.database.sql.begin((tx) => recordTemplateStatus(tx, notices));

  await record(notice(10, "REJECTED"), notice(20, "PAUSED"), notice(15, "DISABLED"));
  await record(notice(5, "APPROVED"));
  await record(notice(30, "DISABLED", sol.facebookId), notice(30, "drop table; --"));

  expect(await items("flaps")).toMatchObject([{ status: "PAUSED" }]);
});

test("refreshUtility() reads changes, new and deleted templates without webhooks", async () => {
  await on.control("PATCH", "/switches", { webhooks: { isPaused: true } });
  await create("stays", [luna]);
  await create("goes", [luna]);
  await Promise.all([whenAll("stays", "APPROVED"), whenAll("goes", "APPROVED")]);
  await createMetaTemplate(on.system.graph, luna, {
    name: "made_at_meta",
    language: "en",
    category: "UTILITY",
    components: [{ type: "BODY", text: "Your order has left us." }],
  });
  const goes = (await listMetaTemplates(on.system.graph, luna)).find(({ name }) => name === "goes");
  await on.system.graph.call({
    method: "DELETE",
    path: `/${luna.facebookId}/message_templates`,
    token: luna.token,
    query: { hsm_id: goes?.facebookId ?? "" },
  });
  await on.control("POST", `/pages/${luna.facebookId}/templates`, {
    name: "stays",
    status: "REJECTED",
    reason: "X",
  });
  expect(await items("stays")).toMatchObject([{ status: "APPROVED" }]);

  const refreshed = await call("POST", "/refresh", { pageIds: [luna.id, crypto.randomUUID()] });

  expect(refreshed).toMatchObject({ status: 202, body: { pages: 1 } });
  expect(await whenAll("stays", "REJECTED")).toMatchObject([{ statusReason: "X" }]);
  expect(await whenAll("made_at_meta", "APPROVED")).toMatchObject([{ body: "Your order has left us." }]);
  expect(await items("goes")).toEqual([]);
  await on.control("PATCH", "/switches", { webhooks: { isPaused: false } });
});

test("deleteUtility() deletes at Meta and here, also if Meta deleted it already", async () => {
  await create("ends", [luna, sol]);
  const found = await whenAll("ends", "APPROVED");
  const own = found.find(({ page }) => page.id === luna.id)?.id ?? "";
  const other = found.find(({ page }) => page.id === sol.id)?.id ?? "";

  const deleted = await call("DELETE", `/${own}`);

  expect(deleted.status).toBe(200);
  expect(await atMeta(luna)).not.toContain("ends");
  expect(await atMeta(sol)).toContain("ends");
  expect((await items("ends")).map(({ id }) => id)).toEqual([other]);
  expect((await call("DELETE", `/${own}`)).status).toBe(404);
  await on.database.sql`update messaging.utility_templates set facebook_id = '999' where id = ${other}`;
  expect((await call("DELETE", `/${other}`)).status).toBe(200);
});

test("deleteUtility() refuses a page with a scheduled campaign of the template, and allows others", async () => {
  await create("reminder", [luna, sol]);
  const [first, second] = await whenAll("reminder", "APPROVED");
  const [here, there] = first?.page.id === luna.id ? [first, second] : [second, first];
  const campaign = await on.here("POST", "/campaigns", {
    name: "Reminder",
    kind: "utility",
    audience: { pageIds: [luna.id] },
    content: {
      utility: { name: "reminder", language: "en", parameters: { customer: "Ann", order_id: "1" } },
    },
    schedule: { at: new Date(Date.now() + 86_400_000).toISOString() },
  });
  const { id } = JSON.parse(JSON.stringify(campaign.body)).campaign;
  await on.here("POST", `/campaigns/${id}/launch`);

  const refused = await call("DELETE", `/${here?.id}`);
  const other = await call("DELETE", `/${there?.id}`);
  await on.here("POST", `/campaigns/${id}/cancel`);
  const afterwards = await call("DELETE", `/${here?.id}`);

  expect(refused).toMatchObject({
    status: 409,
    body: {
      code: "template-in-use",
      detail: expect.stringContaining('the campaign "Reminder" sends it'),
    },
  });
  expect([other.status, afterwards.status]).toEqual([200, 200]);
});

test("searchMetaLibrary() searches Meta's library, and cloneUtility() clones one with its texts", async () => {
  const library = await call("GET", "/library?search=appointment");

  const cloned = await call("POST", "/clone", {
    pageIds: [sol.id],
    libraryName: "appointment_reminder",
    name: "our_reminder",
    language: "en",
  });

  expect(library.body).toMatchObject({
    items: [{ name: "appointment_reminder", samples: ["Jim", "May 12 at 9:00"] }],
  });
  expect(cloned.status).toBe(202);
  const read = await until("its texts", async () =>
    (await items("our_reminder")).find(({ body }) => body !== ""),
  );
  expect(read).toMatchObject({ status: "APPROVED", body: expect.stringContaining("appointment on {{2}}") });
  expect(read.parameters.map(({ key }) => key)).toEqual(["1", "2", "button.0"]);
});

test("createUtility() adopts an existing one of Meta, stores a refusal's reason, and can be retried", async () => {
  await on.control("PATCH", "/switches", { webhooks: { isPaused: true } });
  await createMetaTemplate(on.system.graph, sol, {
    name: "lost_answer",
    language: "en",
    category: "UTILITY",
    components: [{ type: "BODY", text: "Your order has left us." }],
  });
  await create("lost_answer", [sol]);
  await until("its texts", async () => (await items("lost_answer"))[0]?.body === "Your order has left us.");
  expect(await items("lost_answer")).toMatchObject([{ status: "APPROVED" }]);

  await on.control("POST", "/faults", {
    path: "message_templates",
    code: 100,
    message: "INCORRECT_PARAMS",
    count: 1,
  });
  await create("refused", [sol]);
  const [refused] = await whenAll("refused", "REJECTED");
  const again = await create("refused", [sol]);

  expect(refused?.statusReason).toContain("INCORRECT_PARAMS");
  expect(again.status).toBe(202);
  await whenAll("refused", "APPROVED");
  expect((await create("refused", [sol])).status).toBe(409);
  await on.control("PATCH", "/switches", { webhooks: { isPaused: false } });
});

test("readCoverage() lists pages without a template; a draft is refused with all its mistakes", async () => {
  await create("covers", [luna]);
  await whenAll("covers", "APPROVED");

  const coverage = await call("GET", "/coverage?name=covers&language=en");
  const bad = await create("bad", [luna], { body: "{{customer}}", samples: {} });

  expect(coverage.body.items).toEqual([
    { page: { id: luna.id, name: "Luna" }, status: "APPROVED" },
    { page: { id: sol.id, name: "Sol" }, status: null },
  ]);
  expect(bad).toMatchObject({
    status: 422,
    body: { errors: expect.arrayContaining([expect.objectContaining({ path: "/samples/customer" })]) },
  });
  expect(await items("bad")).toEqual([]);
});
