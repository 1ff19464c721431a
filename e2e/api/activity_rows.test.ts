import { generateSync } from "otplib";
import { afterAll, beforeAll, expect, test } from "vitest";
import { activityActions, createMember } from "#auth";
import { inhabit, type Inhabited } from "../../apps/server/testing/inhabited.ts";
import { apiRequest } from "../../apps/server/testing/api_request.ts";
import { createAuthenticator } from "../../modules/auth/second_factor/testing.ts";
import { activityOf, otherActions } from "../support/activity_of.ts";
import { bodies, callRoute, type Route, routesOf } from "../support/routes.ts";

let world: Inhabited;
let ownerId: string;
beforeAll(async () => {
  world = await inhabit();
  const { sql } = world.database;
  const [owner] = await sql`select id from auth.users where is_owner`;
  ownerId = owner?.id;
  for (const name of ["extra", "heir"]) {
    const member = {
      workspaceId: world.here.workspaceId,
      email: `${name}@example.com`,
      name,
      password: "Correct-Horse-9",
    };
    made[name] = (await createMember(world.system, { ...member, role: "viewer" })).id;
  }
  // Switched on, no activity row can be written.
  await sql.unsafe(`
    create function auth.refuse_activity() returns trigger language plpgsql as $$
      begin raise exception 'No activity for now'; end $$;
    create trigger refused before insert on auth.activity for each row execute function auth.refuse_activity();
    alter table auth.activity disable trigger refused;`);
});
afterAll(() => world.close());

const writes = () => routesOf(world).filter(({ method }) => method !== "GET");

/** Random ids may contain the digits of a PSID. */
const withoutIds = (text: string) =>
  text.replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{32}/g, "");

test("every operation that changes something has an entry in the table, and every action an operation", () => {
  const operations = writes().map(({ operationId }) => operationId);
  const used = Object.values(activityOf).filter((entry) => typeof entry === "string");

  expect(operations.filter((id) => !(id in activityOf))).toEqual([]);
  expect(Object.keys(activityOf).filter((id) => !operations.includes(id))).toEqual([]);
  expect([...new Set([...used, ...Object.keys(otherActions)])].toSorted()).toEqual(
    [...activityActions].toSorted(),
  );
});

interface Step {
  operationId: string;
  /** Creates the operation's preconditions. */
  before?: () => Promise<unknown>;
  ids?: () => Record<string, string>;
  body?: () => unknown;
}

const made: Record<string, string> = {};
const sql = () => world.database.sql;
const here = () => world.here.ids;
const the = (name: string) => () => ({ [name]: made[name] ?? "" });

const split = { holdoutPercent: 50, winnerBy: "replied", afterMinutes: 60 };
const setCampaign = (change: string) => () =>
  sql().unsafe(`update messaging.campaigns set ${change} where id = $1`, [made.campaignId ?? ""]);
async function readUpdatedAt() {
  const [row] = await sql()`select updated_at from messaging.campaigns where id = ${made.campaignId ?? ""}`;
  made.updatedAt = new Date(row?.updated_at).toISOString();
}

async function addSession(): Promise<string> {
  const [session] = await sql()`insert into auth.sessions (user_id, refresh_hash, expires_at)
    values (${ownerId}, 'none', now() + interval '1 day') returning id`;
  return session?.id;
}

async function ownerAsks(path: string): Promise<Record<string, string>> {
  const url = `http://localhost/api/v1${path}`;
  return await (await world.app.handle(apiRequest("POST", url, { token: world.tokens.owner }))).json();
}

let passkey: ReturnType<typeof createAuthenticator> | null = null;
function authenticator() {
  const { hostname, origin } = new URL(world.system.config.appUrl);
  return (passkey ??= createAuthenticator({ origin, rpId: hostname }));
}

/** In the order in which one leads to the next. */
const steps: Step[] = [
  { operationId: "createInvitation" },
  { operationId: "renewInvitation", ids: the("invitationId") },
  { operationId: "revokeInvitation", ids: the("invitationId") },
  {
    operationId: "setMemberRole",
    ids: () => ({ userId: made.extra ?? "" }),
    body: () => ({ workspaceId: world.here.workspaceId, role: "operator" }),
  },
  {
    operationId: "setMemberAccess",
    ids: () => ({ userId: made.extra ?? "" }),
    body: () => ({ workspaceId: world.here.workspaceId, access: { kind: "assigned", pageIds: [] } }),
  },
  { operationId: "deactivateMember", ids: () => ({ userId: made.extra ?? "" }) },
  { operationId: "reactivateMember", ids: () => ({ userId: made.extra ?? "" }) },
  {
    operationId: "deleteMember",
    // Of an open account the deactivation has a row, too.
    before: () => sql()`update auth.users set deactivated_at = now() where id = ${made.extra ?? ""}`,
    ids: () => ({ userId: made.extra ?? "" }),
  },
  { operationId: "setOwnership", ids: () => ({ userId: made.heir ?? "" }) },
  { operationId: "changeDeletionPage", body: () => ({ content: null, translations: {} }) },
  { operationId: "changeNotificationSettings" },
  { operationId: "changeAccount", body: () => ({ language: "es" }) },
  { operationId: "endOtherSessions", before: addSession },
  {
    operationId: "endSession",
    before: async () => {
      made.sessionId = await addSession();
    },
    ids: the("sessionId"),
  },
  {
    operationId: "endMemberSession",
    before: async () => {
      made.sessionId = await addSession();
    },
    ids: () => ({ userId: ownerId, sessionId: made.sessionId ?? "" }),
  },
  { operationId: "endMemberSessions", before: addSession, ids: () => ({ userId: ownerId }) },
  {
    operationId: "confirmTotp",
    before: async () => {
      const { secret = "" } = await ownerAsks("/account/second-factor/totp");
      made.code = generateSync({ secret });
    },
    body: () => ({ code: made.code }),
  },
  { operationId: "makeRecoveryCodes" },
  { operationId: "changeAccountRules", body: () => ({ needsSecondFactor: false }) },
  {
    operationId: "addPasskey",
    before: async () => {
      made.challenge = (await ownerAsks("/account/second-factor/passkeys/options")).challenge ?? "";
    },
    body: () => ({ name: "Key", credential: authenticator().create(made.challenge ?? "") }),
  },
  {
    operationId: "confirmByPasskey",
    before: async () => {
      made.challenge = (await ownerAsks("/account/confirmation/passkey-options")).challenge ?? "";
      const [passkey] = await sql()`select id from auth.passkeys`;
      made.passkeyId = passkey?.id;
    },
    body: () => ({ credential: authenticator().get(made.challenge ?? "") }),
  },
  { operationId: "removePasskey", ids: the("passkeyId") },
  {
    operationId: "forgetDevice",
    before: async () => {
      const [device] = await sql()`
        insert into auth.remembered_devices (user_id, token_hash, password_mark, user_agent, address, expires_at)
        values (${ownerId}, 'none', 'none', '', '', now() + interval '1 day') returning id`;
      made.deviceId = device?.id;
    },
    ids: the("deviceId"),
  },
  { operationId: "removeTotp" },
  {
    operationId: "resetSecondFactor",
    before: () => sql()`
      insert into auth.totps (user_id, secret, confirmed_at) values (${made.heir ?? ""}, 'none', now())`,
    ids: () => ({ userId: made.heir ?? "" }),
  },
  { operationId: "createWorkspace" },
  { operationId: "editWorkspace" },
  { operationId: "changePage" },
  { operationId: "writeAutoReplies" },
  { operationId: "writeMessengerProfile" },
  { operationId: "publishMessengerProfile", body: () => ({ revision: 1 }) },

  { operationId: "createSequence" },
  { operationId: "changeSequence", ids: the("sequenceId") },
  { operationId: "startSequence", ids: the("sequenceId") },
  {
    operationId: "sendStepTest",
    ids: () => ({ ...the("sequenceId")(), step: "1" }),
    body: () => ({ contactId: here().contactId }),
  },
  { operationId: "enrol", ids: the("sequenceId"), body: () => ({ contactIds: [here().contactId] }) },
  {
    operationId: "removeEnrolment",
    ids: the("sequenceId"),
    before: async () => {
      const [row] =
        await sql()`select id from messaging.enrolments where campaign_id = ${made.sequenceId ?? ""}`;
      made.enrolmentId = row?.id;
    },
  },
  { operationId: "pauseSequence", ids: the("sequenceId") },
  { operationId: "stopSequence", ids: the("sequenceId") },
  { operationId: "archiveSequence", ids: the("sequenceId") },
  { operationId: "unarchiveSequence", ids: the("sequenceId") },
  { operationId: "duplicateSequence", ids: the("sequenceId") },
  { operationId: "deleteSequence", ids: the("sequenceId") },

  { operationId: "createTemplate" },
  { operationId: "changeTemplate" },
  { operationId: "duplicateTemplate" },
  { operationId: "deleteTemplate" },
  { operationId: "addMedia" },
  { operationId: "deleteMedia" },
  {
    operationId: "createUtilityTemplate",
    body: () => ({ ...Object(bodies.createUtilityTemplate), pageIds: [here().pageId] }),
  },
  {
    operationId: "cloneUtilityTemplate",
    body: () => ({ ...Object(bodies.cloneUtilityTemplate), pageIds: [here().pageId] }),
  },
  { operationId: "deleteUtilityTemplate" },

  { operationId: "createTag" },
  { operationId: "changeTag" },
  { operationId: "createCustomField" },
  { operationId: "changeCustomField" },
  {
    operationId: "createSegment",
    body: () => ({ name: "Some", kind: "static", contactIds: [here().contactId] }),
  },
  { operationId: "changeSegment" },
  { operationId: "addSegmentMembers", body: () => ({ contactIds: [here().contactId] }) },
  { operationId: "removeSegmentMembers", body: () => ({ contactIds: [here().contactId] }) },
  { operationId: "duplicateSegment" },
  { operationId: "deleteSegment" },
  { operationId: "deleteTag" },
  { operationId: "deleteCustomField" },

  { operationId: "changeContact", body: () => ({ firstName: "Ann", subscribed: false }) },
  { operationId: "mergeContacts", body: () => ({ contactIds: [world.here.cousins.contactId] }) },
  { operationId: "separateContact" },
  {
    operationId: "bulkContacts",
    body: () => ({ contactIds: [here().contactId], action: { subscribe: { reason: "asked" } } }),
  },
  { operationId: "undoTransfer", ids: the("transferId") },
  { operationId: "exportContacts" },
  { operationId: "createContact", body: () => ({ pageId: here().pageId, psid: "70011" }) },
  { operationId: "deleteContact", ids: the("contactId") },
  { operationId: "suppress", body: () => ({ pageId: here().pageId, psids: ["79999"] }) },
  { operationId: "liftSuppression", body: () => ({ pageId: here().pageId, psid: "79999" }) },
  { operationId: "writeSendingRules" },

  { operationId: "changeConversation" },
  {
    operationId: "changeConversations",
    body: () => ({ ids: [here().conversationId], change: { status: "open" } }),
  },
  { operationId: "addNote" },
  { operationId: "sendReply" },
  { operationId: "retryReply" },
  { operationId: "saveView" },
  { operationId: "deleteView" },
  { operationId: "writeAssignmentRules", body: () => ({ how: "off", userIds: [], mostOpen: 5 }) },

  { operationId: "createCampaign" },
  { operationId: "changeCampaign", ids: the("campaignId") },
  { operationId: "sendTest", ids: the("campaignId"), body: () => ({ contactId: here().contactId }) },
  { operationId: "askApproval", ids: the("campaignId") },
  {
    operationId: "approveCampaign",
    before: readUpdatedAt,
    ids: the("campaignId"),
    body: () => ({ updatedAt: made.updatedAt }),
  },
  { operationId: "sendCampaignBack", ids: the("campaignId") },
  { operationId: "launchCampaign", ids: the("campaignId"), body: () => ({ delaySeconds: 60 }) },
  { operationId: "undoLaunch", ids: the("campaignId") },
  {
    operationId: "pauseCampaign",
    before: setCampaign("status = 'running', planned_at = now()"),
    ids: the("campaignId"),
  },
  { operationId: "resumeCampaign", ids: the("campaignId") },
  {
    operationId: "chooseWinner",
    before: setCampaign(`options = '${JSON.stringify({ split })}',
      draft = jsonb_set(draft, '{variants}', draft -> 'variants' || (draft -> 'variants'))`),
    ids: the("campaignId"),
  },
  {
    operationId: "resendFailed",
    before: () => sql()`
      with content as (insert into messaging.contents (workspace_id, message)
        values (${world.here.workspaceId}, '{"text":"hello"}') returning id)
      insert into messaging.deliveries (workspace_id, page_id, contact_id, psid, class, content_id, campaign_id, state, reason)
      select ${world.here.workspaceId}, ${here().pageId ?? ""}, ${here().contactId ?? ""}, '7001', 'campaign', content.id,
        ${made.campaignId ?? ""}, 'failed', 'invalid' from content on conflict do nothing`,
    ids: the("campaignId"),
  },
  { operationId: "cancelCampaign", ids: the("campaignId") },
  { operationId: "archiveCampaign", ids: the("campaignId") },
  { operationId: "unarchiveCampaign", ids: the("campaignId") },
  { operationId: "duplicateCampaign", ids: the("campaignId") },
  { operationId: "deleteCampaign", ids: the("campaignId") },

  {
    operationId: "retryJob",
    before: async () => {
      const [job] = await sql()`insert into jobs.jobs (kind, key, payload, failed_at)
        values ('test', 'test', '{}', now()) on conflict (kind, key) do update set failed_at = now() returning id`;
      made.jobId = String(job?.id);
    },
    ids: the("jobId"),
  },
  { operationId: "disableWorkspace" },
  { operationId: "enableWorkspace" },
];

/**
 * Operations that need more than a route and a body: the tests below, activity_of_accounts.test.ts,
 * activity_at_meta.test.ts and admin.test.ts.
 */
const elsewhere = new Set([
  "signUp",
  // Ends no session of the walk.
  "changePassword",
  "acceptInvitation",
  "completePasswordReset",
  "requestAddressChange",
  "confirmAddress",
  "undoAddress",
  "joinByInvitation",
  "transferOwnership",
  "logIn",
  "logOut",
  // Of people with a second factor: second_factor.test.ts. A try is counted also when the rest is undone.
  "logInByCode",
  "logInByPasskey",
  "confirmIdentity",
  "uploadImport",
  "startImport",
  "startSegmentOfFile",
  "replayWebhookEvent",
  "makeBackup",
  "sendTestMail",
  // Thousands of rows: too many to compare.
  "createDemo",
  "removeDemo",
  "connectPage",
  "connectLoginPages",
  "disconnectPage",
  "repairPage",
  "fixAppSettings",
  "changeThreadControl",
  "reactToMessage",
]);

/** A sum of each table, in one statement. */
async function everything(): Promise<string[]> {
  tables ??= await sql()<{ name: string }[]>`
    select format('%I.%I', table_schema, table_name) as name from information_schema.tables
    where table_schema in ('auth', 'messaging', 'jobs') and table_type = 'BASE TABLE' order by 1`;
  const sums = tables.map(({ name }) => {
    const seen = name === "auth.sessions" ? "- 'last_seen_at'" : "";
    return `select '${name} ' || md5(coalesce(string_agg((to_jsonb(t) ${seen})::text, ',' order by (to_jsonb(t) ${seen})::text), '')) as sum
      from ${name} t`;
  });
  const rows = await sql().unsafe<{ sum: string }[]>(sums.join(" union all "));
  return rows.map(({ sum }) => sum);
}
let tables: { name: string }[] | undefined;

const rowsOf = (traceId: string) => sql()`
  select * from auth.activity where request_id = ${traceId} order by id`;

function remember(operationId: string, text: string): void {
  const answer = text.startsWith("{") ? JSON.parse(text) : {};
  for (const [kind, name] of [
    ["sequence", "sequenceId"],
    ["campaign", "campaignId"],
    ["transfer", "transferId"],
    ["invitation", "invitationId"],
  ] as const)
    if (/^(create|duplicate|bulk)/.test(operationId) && answer[kind]?.id) made[name] = answer[kind].id;
  if (operationId === "createContact") made.contactId = answer.contact.id;
}

function routeOf(operationId: string): Route {
  const route = writes().find((one) => one.operationId === operationId);
  if (!route) throw new Error(`There is no operation ${operationId}`);
  return route;
}

test("the steps below cover every operation with an action", () => {
  const covered = new Set([...steps.map(({ operationId }) => operationId), ...elsewhere]);
  const expected = Object.keys(activityOf).filter((id) => typeof activityOf[id] === "string");

  expect(expected.filter((id) => !covered.has(id))).toEqual([]);
});

test(
  "each operation writes its row in the transaction of its change: without the row nothing changes",
  { timeout: 120_000 },
  async () => {
    const wrong: string[] = [];
    for (const { operationId, before, ids, body } of steps) {
      await before?.();
      const route = routeOf(operationId);
      const call = () =>
        callRoute(world, route, {
          token: world.tokens.owner,
          place: world.here,
          ids: { enrolmentId: made.enrolmentId ?? "", ...ids?.() },
          ...(body ? { body: body() } : {}),
        });

      const was = await everything();
      await sql()`alter table auth.activity enable trigger refused`;
      const refused = await call();
      await sql()`alter table auth.activity disable trigger refused`;
      const is = await everything();
      const done = await call();
      const rows = await rowsOf(done.traceId);

      remember(operationId, done.text);
      const changed = is.filter((line) => !was.includes(line));
      if (refused.status !== 500)
        wrong.push(`${operationId}: ${refused.status} without a row: ${refused.text.slice(0, 200)}`);
      if (changed.length > 0) wrong.push(`${operationId}: changed without a row: ${changed.join()}`);
      if (done.status >= 300) wrong.push(`${operationId}: ${done.status} ${done.text.slice(0, 300)}`);
      const actions = rows.map(({ action }) => action).join();
      if (actions !== activityOf[operationId]) wrong.push(`${operationId}: wrote "${actions}"`);
      for (const row of rows) {
        expect(row, operationId).toMatchObject({
          actor_kind: "user",
          actor_id: ownerId,
          actor_name: "Owner",
        });
        if (route.path.includes(":workspaceId"))
          expect(row.workspace_id, operationId).toBe(world.here.workspaceId);
        // Nothing of a customer: names, PSIDs and texts.
        expect(withoutIds(JSON.stringify(row)), operationId).not.toMatch(
          /Person Here|Ann|7001|79999|hello|EAAtest/,
        );
      }
    }
    expect(wrong).toEqual([]);
  },
);

test("the demo has a row for its creation and one for its removal", { timeout: 120_000 }, async () => {
  for (const operationId of ["createDemo", "removeDemo"]) {
    const { status, traceId } = await callRoute(world, routeOf(operationId), {
      token: world.tokens.owner,
      place: world.here,
    });
    expect(status).toBe(200);
    expect((await rowsOf(traceId)).map(({ action }) => action)).toEqual([activityOf[operationId]]);
  }
});

test("operations without an action write no row", async () => {
  for (const route of writes()) {
    if (typeof activityOf[route.operationId] === "string") continue;
    const { status, traceId } = await callRoute(world, route, {
      token: world.tokens.owner,
      place: world.here,
    });
    expect(await rowsOf(traceId), `${route.operationId}: ${status}`).toEqual([]);
  }
});

test("an import has a row for its upload and one for its start", async () => {
  const file = new Blob(["psid,name\n70071,Ann\n"], { type: "text/csv" });
  const uploaded = await world.request("POST", "/contacts/import?fileName=people.csv", { body: file });
  const { transfer } = await uploaded.json();
  const mapping = { psid: "psid" };
  const body = { mapping, pageId: here().pageId };
  const started = await world.request("POST", `/contacts/import/${transfer.id}/start`, { body });
  await sql()`update messaging.contact_transfers set status = 'uploaded', counts = '{}' where id = ${transfer.id}`;
  const segment = await world.request("POST", `/contacts/import/${transfer.id}/segment`, {
    body: { column: "psid", name: "Of a file" },
  });

  expect([uploaded.status, started.status, segment.status]).toEqual([201, 202, 202]);
  const of = async (response: Response) => [...(await rowsOf(response.headers.get("trace-id") ?? ""))];
  expect(await of(uploaded)).toMatchObject([
    { action: "import.uploaded", subject_id: transfer.id, subject_name: "people.csv", actor_name: "manager" },
  ]);
  expect(await of(started)).toMatchObject([{ action: "import.started", after: { dryRun: false } }]);
  expect(await of(segment)).toMatchObject([{ action: "import.started", after: { segment: "Of a file" } }]);
});

test("logins, refused logins and logouts have rows with the address; the password and the given address have none", async () => {
  const ask = (path: string, options: object) =>
    world.app.handle(apiRequest("POST", `http://localhost/api/v1/auth/${path}`, options));
  const email = "viewer@example.com";
  const wrong = await ask("login", { body: { email, password: "Wrong-Horse-9" } });
  const unknown = await ask("login", { body: { email: "hunter2@example.com", password: "Wrong-Horse-9" } });
  const right = await ask("login", { body: { email, password: "Correct-Horse-9" } });
  const { accessToken, user } = await right.json();
  const out = await ask("logout", { token: accessToken });
  const again = await ask("logout", { token: accessToken });

  const of = async (response: Response) => [...(await rowsOf(response.headers.get("trace-id") ?? ""))];
  expect([wrong.status, unknown.status, right.status, out.status]).toEqual([401, 401, 200, 200]);
  expect(await of(wrong)).toMatchObject([
    {
      action: "session.refused",
      actor_kind: "nobody",
      actor_id: null,
      address: "unknown",
      subject_id: user.id,
      subject_name: "viewer",
      after: { outcome: "wrong" },
    },
  ]);
  expect(await of(unknown)).toMatchObject([
    { action: "session.refused", subject_id: null, subject_name: null },
  ]);
  expect(await of(right)).toMatchObject([
    { action: "session.started", actor_id: user.id, actor_name: "viewer" },
  ]);
  expect(await of(out)).toMatchObject([{ action: "session.ended", actor_id: user.id, actor_name: "viewer" }]);
  expect(await of(again)).toEqual([]);
  const [all] = await sql()`select jsonb_agg(to_jsonb(a))::text as text from auth.activity a`;
  expect(all?.text).not.toMatch(/Wrong-Horse|hunter2/);
});

test("a person's new password has a row without it", async () => {
  const ask = (path: string, body: object) =>
    world.app.handle(
      apiRequest("POST", `http://localhost/api/v1${path}`, { token: world.tokens.stranger, body }),
    );
  const done = await ask("/account/password", {
    currentPassword: "Correct-Horse-9",
    newPassword: "Correct-Donkey-9",
  });

  expect(done.status).toBeLessThan(300);
  const rows = await rowsOf(done.headers.get("trace-id") ?? "");
  expect(rows).toMatchObject([{ action: "user.password-changed", actor_name: "Stranger" }]);
  expect(JSON.stringify(rows)).not.toContain("Donkey");
});

test("refused requests have at most ten rows of a person in a minute, and those without a right have none of a change", async () => {
  const count = async () =>
    (await sql()`select from auth.activity where action = 'permission.refused' and actor_name = 'viewer'`)
      .length;
  for (let i = 0; i < 15; i += 1)
    expect(
      (await world.request("POST", "/tags", { token: world.tokens.viewer, body: { name: "No" } })).status,
    ).toBe(403);

  expect(await count()).toBe(10);
  const [row] =
    await sql()`select * from auth.activity where action = 'permission.refused' and actor_name = 'viewer' limit 1`;
  expect(row).toMatchObject({
    workspace_id: world.here.workspaceId,
    after: { permission: "contacts:manage", route: `POST /api/v1/workspaces/${world.here.workspaceId}/tags` },
  });
});
