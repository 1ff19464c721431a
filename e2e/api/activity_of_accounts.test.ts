import { afterAll, beforeAll, expect, test } from "vitest";
import { apiRequest } from "../../apps/server/testing/api_request.ts";
import { inhabit, type Inhabited, password } from "../../apps/server/testing/inhabited.ts";
import { setupToken } from "#auth";
import { sha256Hex } from "#std";
import { activityOf } from "../support/activity_of.ts";

// Operations of activity_rows.test.ts that need a token of a mail, end the caller's session or have no caller yet.

let world: Inhabited;
beforeAll(async () => {
  world = await inhabit();
  // Switched on, no activity row can be written.
  await world.database.sql.unsafe(`
    create function auth.refuse_activity() returns trigger language plpgsql as $$
      begin raise exception 'No activity for now'; end $$;
    create trigger refused before insert on auth.activity for each row execute function auth.refuse_activity();
    alter table auth.activity disable trigger refused;`);
});
afterAll(() => world.close());

const sql = () => world.database.sql;

/** Everything of accounts and mails, but the times at which sessions were seen. */
async function everything(): Promise<unknown> {
  const [row] = await sql()`select
    (select jsonb_agg(to_jsonb(u) order by id) from auth.users u) as users,
    (select jsonb_agg(to_jsonb(m) order by workspace_id, user_id) from auth.memberships m) as memberships,
    (select jsonb_agg(to_jsonb(i) order by id) from auth.invitations i) as invitations,
    (select jsonb_agg(to_jsonb(l) order by token_hash) from auth.mailed_links l) as links,
    (select jsonb_agg(to_jsonb(s) - 'last_seen_at' order by id) from auth.sessions s) as sessions,
    (select jsonb_agg(to_jsonb(m) order by id) from mail.mails m) as mails,
    (select count(*) from jobs.jobs where kind like 'mail.%') as jobs`;
  return { ...row };
}

interface Asked {
  token?: string;
  body?: object;
}

const ask = (method: string, path: string, { token, body }: Asked = {}) =>
  world.app.handle(apiRequest(method, `http://localhost/api/v1${path}`, { ...(token && { token }), body }));

/** Without its row nothing changes; with it the operation writes these actions. */
async function drive(operationId: string, call: () => Promise<Response>, ...more: string[]) {
  const was = await everything();
  await sql()`alter table auth.activity enable trigger refused`;
  const refused = await call();
  await sql()`alter table auth.activity disable trigger refused`;
  expect(refused.status, operationId).toBe(500);
  expect(await everything(), operationId).toEqual(was);
  const done = await call();
  expect(done.status, `${operationId}: ${await done.clone().text()}`).toBeLessThan(300);
  const trace = done.headers.get("trace-id");
  const rows = await sql()`select * from auth.activity where request_id = ${trace} order by id`;
  expect(
    rows.map(({ action }) => action),
    operationId,
  ).toEqual([activityOf[operationId], ...more]);
  return { rows, answer: await done.json() };
}

async function invited(email: string, workspaceId: string): Promise<string> {
  const body = { email, workspaces: [{ workspaceId, role: "operator" }], sendMail: false };
  const { link } = await (await ask("POST", "/team/invitations", { token: world.tokens.owner, body })).json();
  return link.split("#token=")[1];
}

const idOf = async (name: string): Promise<string> =>
  (await sql()`select id from auth.users where name = ${name} or email = ${name}`)[0]?.id;

async function link(kind: "reset" | "address" | "undo", userId: string, email: string | null) {
  const token = `${kind}-${userId}`;
  await sql()`insert into auth.mailed_links (token_hash, kind, user_id, email, expires_at)
    values (${sha256Hex(token)}, ${kind}, ${userId}, ${email}, now() + interval '1 hour')`;
  return token;
}

test("an accepted and a joined invitation have rows of the person, in the transaction of the change", async () => {
  const { workspaceId } = world.here;
  const token = await invited("nina@example.com", workspaceId);
  const accept = { token, name: "Nina", password: "Anderer-Esel-8" };
  const { rows } = await drive(
    "acceptInvitation",
    () => ask("POST", "/auth/invitations/accept", { body: accept }),
    "session.started",
  );
  expect(rows[0]).toMatchObject({ actor_kind: "user", actor_name: "Nina", subject_name: "nina@example.com" });

  const other = await invited("viewer@example.com", world.elsewhere.workspaceId);
  const joined = await drive("joinByInvitation", () =>
    ask("POST", "/auth/invitations/join", { token: world.tokens.viewer, body: { token: other } }),
  );
  expect(joined.rows).toMatchObject([{ actor_name: "viewer" }]);
});

test("a requested, confirmed and undone address and a reset have rows of the person, without a token", async () => {
  const manager = await idOf("manager");
  const body = { email: "new@example.com", currentPassword: password };
  const asked = await drive("requestAddressChange", () =>
    ask("POST", "/account/address", { token: world.tokens.manager, body }),
  );
  expect(asked.rows).toMatchObject([{ actor_id: manager, after: { email: "new@example.com" } }]);
  await sql()`delete from auth.mailed_links`;

  const address = { token: await link("address", manager, "newer@example.com") };
  const confirmed = await drive("confirmAddress", () =>
    ask("POST", "/auth/address/confirm", { body: address }),
  );
  expect(confirmed.rows).toMatchObject([{ actor_id: manager, before: { email: "manager@example.com" } }]);

  const undo = { token: await link("undo", manager, "manager@example.com"), password: "Anderer-Esel-8" };
  const undone = await drive("undoAddress", () => ask("POST", "/auth/address/undo", { body: undo }));
  expect(undone.rows).toMatchObject([{ actor_id: manager, subject_name: "manager" }]);

  const reset = { token: await link("reset", manager, null), password: "Dritter-Hund-9" };
  const set = await drive("completePasswordReset", () =>
    ask("POST", "/auth/password-reset/complete", { body: reset }),
  );
  expect(set.rows).toMatchObject([{ actor_id: manager, subject_id: manager }]);
  const [all] = await sql()`select jsonb_agg(to_jsonb(a))::text as text from auth.activity a`;
  expect(all?.text).not.toMatch(/(reset|address|undo)-[0-9a-f]{8}|Esel|Hund/);
});

test("a test mail and a replayed webhook event have rows of the owner", async () => {
  const { owner } = world.tokens;
  await drive("sendTestMail", () => ask("POST", "/system/mail/test", { token: owner, body: {} }));

  const [event] = await sql()`
    insert into webhooks.raw_events (page_facebook_id, kind, state, body)
    values ('1', 'message', 'unrouted', '{"object":"page","entry":[]}') returning id`;
  const replay = () => ask("POST", `/system/webhook-events/${event?.id}/replay`, { token: owner, body: {} });
  const { rows } = await drive("replayWebhookEvent", replay);
  expect(rows).toMatchObject([{ subject_id: event?.id, actor_name: "Owner" }]);
});

test("a transfer of ownership has a row for each of the two, in the transaction of the change", async () => {
  const stranger = await idOf("Stranger");
  const { rows } = await drive(
    "transferOwnership",
    () => ask("POST", `/team/members/${stranger}/transfer-ownership`, { token: world.tokens.owner }),
    "user.ownership-removed",
  );
  expect(rows).toMatchObject([
    { subject_name: "Stranger", actor_name: "Owner" },
    { subject_name: "Owner", actor_name: "Owner" },
  ]);
});

test("the first sign-up has rows of the new owner", async () => {
  // As at the first start: nobody is there.
  await sql()`truncate auth.users, auth.invitations, auth.mailed_links, auth.sessions cascade`;
  const body = {
    email: "first@example.com",
    password: "Anderer-Esel-8",
    name: "First",
    setupToken: setupToken(world.system.config),
  };
  const { rows } = await drive("signUp", () => ask("POST", "/auth/signup", { body }), "session.started");
  expect(rows[0]).toMatchObject({ actor_kind: "user", actor_name: "First", subject_name: "First" });
});
