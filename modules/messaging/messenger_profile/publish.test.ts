import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { type AppWithMeta, openAppWithMeta } from "../../../apps/server/testing/app_with_meta.ts";
import { until } from "../../std/testing.ts";
import { emptyProfile, type MessengerProfile, type ProfileState } from "./schema.ts";

interface OwnPage {
  facebookId: string;
  pageId: string;
  token: string;
}

let on: AppWithMeta;
beforeAll(async () => {
  on = await openAppWithMeta();
});
afterAll(() => on.close());

const greeting = (text: string) => [{ locale: "default", text }];
const full: MessengerProfile = {
  greeting: greeting("Hi {{user_first_name}}!"),
  getStarted: { payload: "BEGIN" },
  iceBreakers: [{ locale: "default", questions: [{ question: "Opening hours?", payload: "HOURS" }] }],
  menu: [
    {
      locale: "default",
      isComposerOff: false,
      items: [{ type: "postback", title: "Talk to us", payload: "HUMAN" }],
    },
  ],
};

const path = ({ pageId }: OwnPage) => `/workspaces/${on.workspaceId}/pages/${pageId}/messenger-profile`;
const call = (page: OwnPage, method: string, rest = "", body?: unknown) =>
  on.call(on.managerToken, method, `${path(page)}${rest}`, body);
async function state(page: OwnPage): Promise<ProfileState> {
  const { body } = await call(page, "GET");
  const found: ProfileState = Object(body.messengerProfile);
  return found;
}
const when = (page: OwnPage, what: string, holds: (now: ProfileState) => boolean) =>
  until(what, async () => {
    const now = await state(page);
    return holds(now) ? now : null;
  });
const whenRead = (page: OwnPage) => when(page, "Meta to be asked", ({ readAt }) => readAt !== null);
/** As another tool does it. */
const setAtMeta = ({ token }: OwnPage, body: Record<string, unknown>) =>
  on.system.graph.call({ method: "POST", path: "/me/messenger_profile", token, body });
async function atMeta({ facebookId }: OwnPage): Promise<Record<string, unknown>> {
  const { profile } = await on.control("GET", `/pages/${facebookId}`);
  return Object(profile);
}
async function save(page: OwnPage, profile: MessengerProfile): Promise<number> {
  const { revision } = await state(page);
  const { status, body } = await call(page, "PUT", "", { profile, revision });
  expect([status, body]).toEqual([200, expect.anything()]);
  return (await state(page)).revision;
}
async function publish(
  page: OwnPage,
  profile: MessengerProfile,
  status: ProfileState["status"] = "published",
) {
  const revision = await save(page, profile);
  const asked = await call(page, "POST", "/publish", { revision });
  expect(asked.status).toBe(202);
  return await when(page, `it to be ${status}`, (now) => now.status === status);
}
const health = async ({ pageId }: OwnPage) => {
  const { body } = await on.call(on.managerToken, "GET", `/workspaces/${on.workspaceId}/pages/${pageId}`);
  return Object(Object(body.page).health).messengerProfile;
};
async function fault(fails: Record<string, unknown>): Promise<void> {
  await on.control("POST", "/faults", { path: "messenger_profile", ...fails });
  onTestFinished(async () => void (await on.control("DELETE", "/faults")));
}
const dueNow = (page: OwnPage) =>
  on.database
    .sql`update jobs.jobs set run_at = now() where kind like 'messenger_profile.%' and key = ${page.pageId}`;

test("a connected page shows Meta's profile and follows it until someone saves here", async () => {
  const facebookId = String((await on.control("POST", "/pages", { name: "Old" })).id);
  const token = String((await on.control("GET", `/pages/${facebookId}/token`)).token);
  await setAtMeta({ facebookId, token, pageId: "" }, { greeting: greeting("From another tool") });
  const { body } = await on.call(on.managerToken, "POST", `/workspaces/${on.workspaceId}/pages`, {
    pageId: facebookId,
    accessToken: token,
  });
  const page = { facebookId, token, pageId: String(Object(body.page).id) };

  const first = await whenRead(page);
  await setAtMeta(page, { greeting: greeting("Changed there") });
  const compared = await call(page, "POST", "/compare");

  const shown = { ...emptyProfile, greeting: greeting("From another tool") };
  expect(first).toMatchObject({ profile: shown, atMeta: shown, status: "published", differs: false });
  expect(compared).toMatchObject({
    status: 200,
    body: {
      messengerProfile: {
        profile: { greeting: greeting("Changed there") },
        differs: false,
        status: "published",
      },
    },
  });
  expect(Object(compared.body.messengerProfile).revision).toBeGreaterThan(first.revision);
});

test("a profile is published as a whole: removed parts are deleted, other parts stay", async () => {
  const page = await on.connectNewPage();
  await whenRead(page);
  await setAtMeta(page, { whitelisted_domains: ["https://shop.example.com"] });

  const revision = await save(page, full);
  const draft = await state(page);
  const healthOfDraft = await health(page);
  await call(page, "POST", "/publish", { revision });
  const published = await when(page, "it to be published", ({ status }) => status === "published");
  const there = await atMeta(page);
  await publish(page, { ...emptyProfile, greeting: greeting("Only this") });

  expect([draft.status, healthOfDraft.state]).toEqual(["draft", "warning"]);
  expect(published).toMatchObject({ profile: full, atMeta: full, differs: false, statusReason: null });
  expect(there).toEqual({
    whitelisted_domains: ["https://shop.example.com"],
    greeting: full.greeting,
    get_started: { payload: "BEGIN" },
    ice_breakers: [{ locale: "default", call_to_actions: full.iceBreakers[0]?.questions }],
    persistent_menu: [
      { locale: "default", composer_input_disabled: false, call_to_actions: full.menu[0]?.items },
    ],
  });
  expect(await atMeta(page)).toEqual({
    whitelisted_domains: ["https://shop.example.com"],
    greeting: greeting("Only this"),
  });
  expect(await health(page)).toEqual({
    state: "ok",
    text: "Published, and shown by Meta",
    words: { code: "check-profile-published", params: {} },
  });
});

test("changes at Meta are not overwritten without confirmation", async () => {
  const page = await on.connectNewPage();
  await publish(page, { ...emptyProfile, greeting: greeting("Ours") });
  await setAtMeta(page, { greeting: greeting("Theirs") });

  const failed = await publish(page, { ...emptyProfile, greeting: greeting("Ours, newer") }, "failed");
  const kept = await atMeta(page);
  const refused = await call(page, "POST", "/publish", { revision: failed.revision });
  await call(page, "POST", "/publish", { revision: failed.revision, replace: true });
  const published = await when(page, "it to be published", ({ status }) => status === "published");

  expect(failed).toMatchObject({
    differs: true,
    atMeta: { greeting: greeting("Theirs") },
    statusReason: "It was changed at Meta meanwhile",
    statusRemedy: expect.stringContaining("replace"),
  });
  expect(kept).toEqual({ greeting: greeting("Theirs") });
  expect(refused).toMatchObject({ status: 409, body: { code: "profile-differs" } });
  expect(published.differs).toBe(false);
  expect(await atMeta(page)).toEqual({ greeting: greeting("Ours, newer") });
});

test("the daily check detects another live profile and shows it on the page's card", async () => {
  const page = await on.connectNewPage();
  await publish(page, { ...emptyProfile, greeting: greeting("Ours") });
  await setAtMeta(page, { greeting: greeting("Theirs") });

  await on.database.sql`insert into jobs.jobs (kind, key, payload)
    values ('page.check', ${page.pageId}, ${JSON.stringify({ workspaceId: on.workspaceId })}::jsonb)`;
  const seen = await when(page, "the difference to be seen", ({ differs }) => differs);

  expect(seen).toMatchObject({ status: "published", profile: { greeting: greeting("Ours") } });
  expect(await health(page)).toMatchObject({
    state: "warning",
    text: expect.stringContaining("different profile"),
  });
  const taken = { profile: { ...emptyProfile, greeting: greeting("Theirs") }, revision: seen.revision };
  await call(page, "PUT", "", taken);
  await call(page, "POST", "/publish", { revision: seen.revision + 1 });
  const takenOver = await when(page, "it to be taken over", ({ differs }) => !differs);
  expect(takenOver.atMeta).toEqual(taken.profile);
});

test("an interrupted publication is completed and not mistaken for another's change", async () => {
  const page = await on.connectNewPage();
  await publish(page, { ...full, iceBreakers: [], greeting: greeting("Before") });
  // As a process leaves it that ended after the first of two calls.
  await setAtMeta(page, { greeting: greeting("After") });

  await publish(page, { ...emptyProfile, greeting: greeting("After") });

  expect(await atMeta(page)).toEqual({ greeting: greeting("After") });
});

test("Meta's refusal has a reason and remedy; a dead token asks for a reconnection", async () => {
  const page = await on.connectNewPage();
  await whenRead(page);
  await fault({ code: 100, message: "(#100) Param greeting is odd", count: 1 });

  const refused = await publish(page, full, "failed");
  const healthOfFailed = await health(page);
  await on.control("PATCH", `/pages/${page.facebookId}`, { tokenDeath: 460 });
  await call(page, "POST", "/publish", { revision: refused.revision });
  const dead = await when(page, "the token to be dead", ({ statusReason }) =>
    /password/.test(statusReason ?? ""),
  );

  expect(refused.statusReason).toContain("(#100) Param greeting is odd");
  expect(healthOfFailed.state).toBe("failed");
  expect(dead).toMatchObject({ status: "failed", statusRemedy: expect.stringContaining("Reconnect") });
});

test("publication waits for Meta's limits and outages, and fails after an hour in words", async () => {
  const page = await on.connectNewPage();
  await whenRead(page);
  await fault({ code: 613, message: "(#613) Calls to this api have exceeded the rate limit.", count: 2 });
  const revision = await save(page, full);
  await call(page, "POST", "/publish", { revision });

  const waiting = await when(page, "the limit to be told", ({ statusReason }) => statusReason !== null);
  // The reason is stored first, and the job is delayed right after.
  const job = await until("the job to be put off", async () => {
    const [row] = await on.database.sql`select extract(epoch from run_at - now())::float8 as seconds, attempts
      from jobs.jobs where kind = 'messenger_profile.publish' and key = ${page.pageId}`;
    return row?.attempts === 0 ? row : undefined;
  });
  await on.database.sql`update messaging.messenger_profiles set asked_at = now() - interval '61 min'
    where page_id = ${page.pageId}`;
  await dueNow(page);
  const givenUp = await when(page, "it to be given up", ({ status }) => status === "failed");
  await call(page, "POST", "/publish", { revision });
  await when(page, "it to be published", ({ status }) => status === "published");

  expect(waiting).toMatchObject({ status: "publishing", statusReason: expect.stringContaining("limit") });
  expect(job.seconds).toBeGreaterThan(300);
  expect(givenUp.statusReason).toContain("hour");
  expect((await state(page)).statusReason).toBeNull();
});

test("saving refuses an old revision, invalid profiles and disconnected pages in words", async () => {
  const page = await on.connectNewPage();
  await whenRead(page);
  const revision = await save(page, full);

  const stale = await call(page, "PUT", "", { profile: emptyProfile, revision: revision - 1 });
  const early = await call(page, "POST", "/publish", { revision: revision - 1 });
  const bad = await call(page, "PUT", "", { profile: { ...full, getStarted: null }, revision });
  await on.call(on.managerToken, "DELETE", `/workspaces/${on.workspaceId}/pages/${page.pageId}`);
  const gone = await call(page, "POST", "/publish", { revision });
  const compared = await call(page, "POST", "/compare");

  expect([stale, early]).toMatchObject([
    { status: 409, body: { code: "profile-changed" } },
    { status: 409, body: { code: "profile-changed" } },
  ]);
  expect(bad).toMatchObject({
    status: 422,
    body: { code: "profile-invalid", errors: [{ path: "/getStarted", message: expect.any(String) }] },
  });
  expect(gone).toMatchObject({ status: 409, body: { code: "page-not-connected" } });
  expect(compared).toMatchObject({ status: 409, body: { code: "page-not-connected" } });
  expect((await state(page)).profile).toEqual(full);
});

test("Get Started sends the welcome message, also to a returning contact; an ice breaker triggers its sequence", async () => {
  const page = await on.connectNewPage();
  const base = `/workspaces/${on.workspaceId}`;
  await publish(page, full);
  await on.call(on.managerToken, "PUT", `${base}/pages/${page.pageId}/auto-replies`, {
    welcome: { text: "Welcome!" },
    away: null,
    businessHours: null,
  });
  const made = await on.call(on.managerToken, "POST", `${base}/sequences`, {
    name: "Hours",
    steps: [{ delaySeconds: 0, condition: null, content: { text: "Nine to five" } }],
    trigger: { kind: "postback", payload: "HOURS", pageIds: [], cooldownSeconds: 0, maxPerContact: 1 },
    exit: { onReply: false, onClick: false, onTagId: null },
  });
  await on.call(on.managerToken, "POST", `${base}/sequences/${Object(made.body.sequence).id}/start`);
  const { psid } = await on.control("POST", "/persons", { pageId: page.facebookId });
  const said = async (): Promise<unknown[]> => {
    const { messages } = await on.control("GET", `/persons/${psid}/thread`);
    const all: { from: string; content: { text?: string } }[] = Array.isArray(messages) ? messages : [];
    return all.filter(({ from }) => from === "page").map(({ content }) => content.text);
  };
  const whenSaid = (count: number) =>
    until(`${count} answers`, async () => ((await said()).length === count ? await said() : null));

  await on.control("POST", `/persons/${psid}/start`, {});
  const started = await whenSaid(1);
  await on.control("POST", `/persons/${psid}/tap`, { title: "Opening hours?", payload: "HOURS" });
  const asked = await whenSaid(2);
  await on.control("POST", `/persons/${psid}/start`, {});
  const again = await whenSaid(3);

  expect(started).toEqual(["Welcome!"]);
  expect(asked).toEqual(["Welcome!", "Nine to five"]);
  expect(again).toEqual(["Welcome!", "Nine to five", "Welcome!"]);
});
