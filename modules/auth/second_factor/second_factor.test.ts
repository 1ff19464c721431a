import { Elysia } from "elysia";
import { generateSync } from "otplib";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { createLocalRateLimiter, parseKeyring, problemPlugin, systemClock, tracePlugin } from "#std";
import { createTestDatabase, emptyTables, type TestDatabase } from "../../../db/testing.ts";
import { accountRoutes } from "../routes_account.ts";
import { authRoutes } from "../routes_auth.ts";
import { pruneLogins } from "../pruning.ts";
import { confirmationRoutes } from "./routes_confirm.ts";
import { secondFactorRoutes } from "./routes_factor.ts";
import { secondFactorLoginRoutes } from "./routes_login.ts";
import { accountRuleRoutes } from "./routes_rules.ts";
import { createAuthenticator } from "./testing.ts";
import { resealTotps } from "./totp.ts";

const password = "Korrekt-Pferd-7";
const origin = "http://localhost:3000";
const minute = 60_000;
const keyOf = (digits: string) => digits.repeat(64 / digits.length);
const keyring = parseKeyring(keyOf("0123456789abcdef"));

let database: TestDatabase;
let now: number;
let hash: string;
beforeAll(async () => {
  database = await createTestDatabase();
  hash = await Bun.password.hash(password, { algorithm: "bcrypt", cost: 4 });
});
afterAll(() => database.close());
beforeEach(async () => {
  now = Date.now();
  await emptyTables(
    database.sql,
    "auth.users",
    "auth.login_budgets",
    "auth.account_rules",
    "auth.used_challenges",
    "mail.mails",
  );
  // Nothing else may delete the log.
  await database.sql`alter table auth.activity disable trigger all`;
  await database.sql`delete from auth.activity`;
  await database.sql`alter table auth.activity enable trigger all`;
  if (!process.env.SHOWLOG) vi.spyOn(process.stderr, "write").mockReturnValue(true);
});
afterEach(() => vi.restoreAllMocks());

interface Ask {
  token?: string;
  body?: object;
  cookies?: string;
}

function openApp(keys = keyring) {
  const on = {
    sql: database.sql,
    clock: () => now,
    rateLimiter: createLocalRateLimiter(systemClock),
    keyring: keys,
    config: {
      jwtSecret: "a".repeat(40),
      jwtRefreshSecret: "b".repeat(40),
      appUrl: origin,
      trustedProxies: [],
      passwordCost: 4,
      mailServer: {
        host: "127.0.0.1",
        port: 1,
        security: "none" as const,
        login: null,
        from: { name: "Team", address: "team@example.com" },
        authority: null,
      },
    },
  };
  const app = new Elysia()
    .use(tracePlugin())
    .use(problemPlugin())
    .use(authRoutes(on))
    .use(secondFactorLoginRoutes(on))
    .use(accountRoutes(on))
    .use(secondFactorRoutes(on))
    .use(confirmationRoutes(on))
    .use(accountRuleRoutes(on));
  return async function ask(method: string, path: string, { token = "", body = {}, cookies = "" }: Ask = {}) {
    const request = new Request(`${origin}${path}`, {
      method,
      headers: {
        "content-type": "application/json",
        "user-agent": "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:145.0) Gecko/20100101 Firefox/145.0",
        ...(token && { authorization: `Bearer ${token}` }),
        ...(cookies && { cookie: cookies }),
      },
      ...(method !== "GET" && { body: JSON.stringify(body) }),
    });
    const response = await app.handle(request);
    return { status: response.status, answer: await response.json(), response };
  };
}

const cookiesOf = (response: Response) =>
  response.headers
    .getSetCookie()
    .map((cookie) => cookie.split(";")[0])
    .join("; ");

async function world() {
  const ask = openApp();
  const people = ["ana", "ben"].map((name) => ({
    email: `${name}@example.com`,
    name,
    password_hash: hash,
    is_owner: name === "ana",
  }));
  await database.sql`insert into auth.users ${database.sql(people)}`;
  const logIn = (name: string, more: Ask = {}) =>
    ask("POST", "/auth/login", { ...more, body: { email: `${name}@example.com`, password, ...more.body } });
  const tokenOf = async (name: string): Promise<string> => (await logIn(name)).answer.accessToken;
  const codeOf = (secret: string) => generateSync({ secret, epoch: Math.floor(now / 1_000) });
  /** Sets up an authenticator app, and waits until its first code is over. */
  async function withTotp(name: string) {
    const token = await tokenOf(name);
    const { answer } = await ask("POST", "/account/second-factor/totp", { token });
    const confirmed = await ask("POST", "/account/second-factor/totp/confirm", {
      token,
      body: { code: codeOf(answer.secret) },
    });
    now += minute;
    return { token, secret: answer.secret as string, codes: confirmed.answer.recoveryCodes as string[] };
  }
  const finish = (challenge: string, code: string, more: Ask = {}) =>
    ask("POST", "/auth/login/code", { ...more, body: { challenge, code, ...more.body } });
  const challengeOf = async (name: string) => (await logIn(name)).answer.challenge as string;
  async function withPasskey(name: string) {
    const token = await tokenOf(name);
    const key = createAuthenticator({ origin, rpId: "localhost" });
    const { answer } = await ask("POST", "/account/second-factor/passkeys/options", { token });
    const body = { name: "Key", credential: key.create(answer.challenge) };
    const added = await ask("POST", "/account/second-factor/passkeys", { token, body });
    return { token, key, added };
  }
  const options = async (challenge?: string) =>
    (await ask("POST", "/auth/login/passkey-options", { body: { ...(challenge && { challenge }) } })).answer;
  return { ask, logIn, tokenOf, withTotp, codeOf, finish, challengeOf, withPasskey, options };
}

const actions = async () =>
  (await database.sql<{ action: string }[]>`select action from auth.activity order by id`).map(
    ({ action }) => action,
  );
const ageProof = () => database.sql`update auth.sessions set proved_at = now() - interval '11 minutes'`;

test("a login with an authenticator app needs its code, which works once, also for two at a time", async () => {
  const { ask, logIn, withTotp, codeOf, finish, challengeOf } = await world();
  const { secret, codes } = await withTotp("ben");

  const first = await logIn("ben");
  expect(first.status).toBe(202);
  expect(first.answer).toEqual({
    challenge: expect.any(String),
    expiresAt: expect.any(String),
    methods: ["code", "recovery-code"],
  });
  expect(first.response.headers.getSetCookie()).toEqual([]);
  const wrong = await finish(first.answer.challenge, "000000");
  expect([wrong.status, wrong.answer.code]).toEqual([422, "code-wrong"]);

  const second = await challengeOf("ben");
  const both = await Promise.all([first.answer.challenge, second].map((one) => finish(one, codeOf(secret))));
  expect(both.map(({ status }) => status).toSorted()).toEqual([200, 422]);
  const done = both.find(({ status }) => status === 200);
  expect((await ask("GET", "/auth/me", { token: done?.answer.accessToken })).status).toBe(200);
  // Neither the code before nor the same one later.
  now -= 30_000;
  expect((await finish(await challengeOf("ben"), codeOf(secret))).status).toBe(422);
  expect(codes).toHaveLength(10);
  expect(new Set(codes).size).toBe(10);
});

test("a login is finished once, within five minutes, and not after a new password or with a changed challenge", async () => {
  const { withTotp, codeOf, finish, challengeOf } = await world();
  const { secret, codes } = await withTotp("ben");
  const challenge = await challengeOf("ben");
  expect((await finish(challenge, codeOf(secret))).status).toBe(200);
  now += minute;

  const again = await finish(challenge, codeOf(secret));
  expect([again.status, again.answer.code]).toEqual([401, "login-over"]);
  for (const changed of [
    (await challengeOf("ben")).replace("short", "long"),
    (await challengeOf("ben")).replace(/^[^.]+/, crypto.randomUUID()),
    "",
    "a.b.c.d.e",
  ])
    expect((await finish(changed, codeOf(secret))).answer.code).toBe("login-over");
  const late = await challengeOf("ben");
  now += 5 * minute;
  expect((await finish(late, codeOf(secret))).answer.code).toBe("login-over");
  const before = await challengeOf("ben");
  await database.sql`update auth.users set password_hash = ${`${hash} `}`;
  expect((await finish(before, codes[0] ?? "")).answer.code).toBe("login-over");
});

test("codes are guessed at most five times for a login and for the account, and a known device has its own tries", async () => {
  const { logIn, withTotp, codeOf, finish, challengeOf } = await world();
  const { secret } = await withTotp("ben");
  const known = await finish(await challengeOf("ben"), codeOf(secret));
  now += minute;

  const guesses = [];
  for (let n = 0; n < 7; n += 1) guesses.push(await finish(await challengeOf("ben"), "000000"));
  const last = await finish(await challengeOf("ben"), codeOf(secret));
  const cookies = cookiesOf(known.response);
  const own = await logIn("ben", { cookies });
  const allowed = await finish(own.answer.challenge, codeOf(secret), { cookies });

  expect(guesses.map(({ status }) => status)).toEqual([422, 422, 422, 422, 422, 429, 429]);
  expect([last.status, last.answer.code]).toEqual([429, "code-guesses"]);
  expect(Number(last.response.headers.get("retry-after"))).toBeGreaterThan(0);
  expect(allowed.status).toBe(200);
  now += 11 * minute;
  expect((await finish(await challengeOf("ben"), codeOf(secret))).status).toBe(200);
});

test("a recovery code works once, however it is typed; new ones end the former; only hashes are stored", async () => {
  const { ask, withTotp, finish, challengeOf, logIn } = await world();
  const { codes, token } = await withTotp("ben");
  const [first = "", second = ""] = codes;

  const typed = ` ${first.toUpperCase().replaceAll("-", " ")} `;
  expect((await finish(await challengeOf("ben"), typed)).status).toBe(200);
  expect((await finish(await challengeOf("ben"), first)).answer.code).toBe("code-wrong");
  const rows = await database.sql`select * from auth.recovery_codes`;
  for (const code of codes) expect(JSON.stringify(rows)).not.toContain(code.replaceAll("-", ""));
  const state = await ask("GET", "/account/second-factor", { token });
  expect(state.answer.recoveryCodesLeft).toBe(9);

  const renewed = await ask("POST", "/account/second-factor/recovery-codes", { token });
  expect(renewed.answer.recoveryCodes).toHaveLength(10);
  expect((await finish(await challengeOf("ben"), second)).status).toBe(422);
  expect((await finish(await challengeOf("ben"), renewed.answer.recoveryCodes[0])).status).toBe(200);
  // Another person's code is none.
  await withTotp("ana");
  const anas = await logIn("ana");
  expect((await finish(anas.answer.challenge, renewed.answer.recoveryCodes[1])).status).toBe(422);
});

test("the secret is sealed with the keyring, opens for its person only, and is sealed again with a new key", async () => {
  const { withTotp, codeOf, finish, challengeOf } = await world();
  const ben = await withTotp("ben");
  await withTotp("ana");
  const [row] = await database.sql<{ secret: string }[]>`
    select secret from auth.totps join auth.users u on u.id = user_id where u.name = 'ben'`;
  expect(row?.secret).not.toContain(ben.secret);

  const next = parseKeyring(`${keyOf("fedcba9876543210")},${keyOf("0123456789abcdef")}`);
  expect(await resealTotps(database, next)).toBe(2);
  expect(await resealTotps(database, next)).toBe(0);
  const onlyNew = openApp({ keys: next.keys.slice(0, 1) });
  const body = { challenge: await challengeOf("ben"), code: codeOf(ben.secret) };
  expect((await onlyNew("POST", "/auth/login/code", { body })).status).toBe(200);
  now += minute;
  await database.sql`update auth.totps set secret = (select secret from auth.totps t join auth.users u on u.id = t.user_id where u.name = 'ana')`;
  const swapped = { challenge: await challengeOf("ben"), code: codeOf(ben.secret) };
  expect((await onlyNew("POST", "/auth/login/code", { body: swapped })).status).toBe(500);
  expect((await finish(await challengeOf("ben"), ben.codes[0] ?? "")).status).toBe(500);
});

test("a new second factor ends the other sessions and forgets the remembered devices, and so does its removal", async () => {
  const { ask, tokenOf, withTotp, withPasskey, codeOf, finish, challengeOf } = await world();
  const elsewhere = await tokenOf("ben");
  const { token, secret } = await withTotp("ben");
  expect((await ask("GET", "/auth/me", { token: elsewhere })).status).toBe(401);
  expect((await ask("GET", "/auth/me", { token })).status).toBe(200);
  const remembered = await finish(await challengeOf("ben"), codeOf(secret), {
    body: { rememberDevice: true },
  });
  now += minute;

  await ask("DELETE", "/account/second-factor/totp", { token });
  expect((await ask("GET", "/auth/me", { token: remembered.answer.accessToken })).status).toBe(401);
  const [left] = await database.sql`
    select (select count(*)::int from auth.totps) as apps, (select count(*)::int from auth.recovery_codes) as codes,
      (select count(*)::int from auth.remembered_devices) as devices`;
  expect(left).toEqual({ apps: 0, codes: 0, devices: 0 });
  expect((await withPasskey("ben")).added.answer.recoveryCodes).toHaveLength(10);
  expect(await actions()).toEqual(
    expect.arrayContaining([
      "user.totp-added",
      "user.totp-removed",
      "user.passkey-added",
      "user.device-remembered",
    ]),
  );
});

test("a remembered device needs no second factor for 30 days, for its person, until it is forgotten or the password changes", async () => {
  const { ask, logIn, withTotp, codeOf, finish } = await world();
  const { secret, token } = await withTotp("ben");
  const ana = await withTotp("ana");
  const first = await logIn("ben");
  const remembered = await finish(first.answer.challenge, codeOf(secret), { body: { rememberDevice: true } });
  const cookies = cookiesOf(remembered.response);
  const trusted = remembered.response.headers.getSetCookie().find((one) => one.startsWith("ms_trusted="));
  expect(trusted).toMatch(/HttpOnly/i);
  expect(trusted).toMatch(/SameSite=Strict/i);
  expect(trusted).toMatch(/Max-Age=2592000/i);

  expect((await logIn("ben", { cookies })).status).toBe(200);
  expect((await logIn("ana", { cookies })).status).toBe(202);
  const { answer } = await ask("GET", "/account/second-factor", { token, cookies });
  expect(answer.devices).toEqual([
    expect.objectContaining({ browser: "Firefox", system: "Windows", isCurrent: true }),
  ]);
  expect(JSON.stringify(await database.sql`select * from auth.remembered_devices`)).not.toContain(
    /ms_trusted=([\w-]+)/.exec(cookies)?.[1] ?? "none",
  );
  await database.sql`update auth.users set password_hash = ${await Bun.password.hash(password, { algorithm: "bcrypt", cost: 4 })} where name = 'ben'`;
  expect((await logIn("ben", { cookies })).status).toBe(202);
  await database.sql`update auth.users set password_hash = ${hash} where name = 'ben'`;
  await database.sql`update auth.remembered_devices set expires_at = now() - interval '1 second'`;
  expect((await logIn("ben", { cookies })).status).toBe(202);
  await database.sql`update auth.remembered_devices set expires_at = now() + interval '1 day'`;
  expect((await logIn("ben", { cookies })).status).toBe(200);

  const path = `/account/second-factor/devices/${answer.devices[0].id}`;
  expect((await ask("DELETE", path, { token: ana.token })).status).toBe(404);
  expect((await ask("DELETE", path, { token })).status).toBe(200);
  expect((await logIn("ben", { cookies })).status).toBe(202);
});

test("a passkey alone logs in when it verified the person; its answer works once and its counter moves on", async () => {
  const { ask, withPasskey, options } = await world();
  const { key, added } = await withPasskey("ben");
  expect(added.answer.passkey).toMatchObject({ name: "Key", lastUsedAt: null });

  const { challenge } = await options();
  const credential = key.get(challenge);
  const [once, twice] = await Promise.all(
    [1, 2].map(() => ask("POST", "/auth/login/passkey", { body: { credential } })),
  );
  expect([once?.status, twice?.status].toSorted()).toEqual([200, 422]);
  const done = once?.status === 200 ? once : twice;
  expect(done?.answer.user.name).toBe("ben");
  const me = await ask("GET", "/account/second-factor", { token: done?.answer.accessToken });
  expect(me.answer.passkeys[0].lastUsedAt).not.toBeNull();
  const counted = key.get((await options()).challenge, { counter: 1 });
  const copied = await ask("POST", "/auth/login/passkey", { body: { credential: counted } });
  expect([copied.status, copied.answer.code]).toEqual([422, "passkey-refused"]);
});

test("a passkey is refused for another site, without verification as the only factor, late, forged, or for another use", async () => {
  const { ask, withPasskey, options, logIn } = await world();
  const { key, token } = await withPasskey("ben");
  const anas = await withPasskey("ana");
  const logInBy = (credential: object, more: object = {}) =>
    ask("POST", "/auth/login/passkey", { body: { credential, ...more } });
  const second = (await logIn("ben")).answer.challenge;
  const confirm = await ask("POST", "/account/confirmation/passkey-options", { token });
  const fresh = async () => (await options()).challenge as string;
  const late = await fresh();
  now += 5 * minute;
  const signedLate = await logInBy(key.get(late));
  now -= 5 * minute;

  const refused = [
    signedLate,
    await logInBy(key.get(await fresh(), { origin: "https://evil.example.com" })),
    await logInBy(key.get(await fresh(), { rpId: "evil.example.com" })),
    await logInBy(key.get(await fresh(), { verifies: false })),
    await logInBy(key.get("AAAA")),
    await logInBy(key.get(confirm.answer.challenge)),
    await logInBy(key.get((await options(second)).challenge)),
    await logInBy({ ...key.get(await fresh()), id: anas.key.id, rawId: anas.key.id }),
    await logInBy({ ...key.get(await fresh()), id: "unknown", rawId: "unknown" }),
    await logInBy(anas.key.get((await options(second)).challenge), { challenge: second }),
    await logInBy(key.get((await options((await logIn("ben")).answer.challenge)).challenge), {
      challenge: second,
    }),
  ];
  expect(refused.map(({ status, answer }) => `${status} ${answer.code}`)).toEqual(
    refused.map(() => "422 passkey-refused"),
  );
  // As the second factor it need not verify the person: the password did.
  const ok = await logInBy(key.get((await options(second)).challenge, { verifies: false }), {
    challenge: second,
  });
  expect(ok.status).toBe(200);
  await database.sql`update auth.users set deactivated_at = now() where name = 'ben'`;
  expect((await logInBy(key.get(await fresh()))).answer.code).toBe("passkey-refused");
});

test("a passkey is added only by the session that began it, once, and only for this site", async () => {
  const { ask, tokenOf, withPasskey } = await world();
  const token = await tokenOf("ben");
  const other = await tokenOf("ana");
  const key = createAuthenticator({ origin, rpId: "localhost" });
  const begin = async (by: string) =>
    (await ask("POST", "/account/second-factor/passkeys/options", { token: by })).answer.challenge as string;
  const add = (credential: object) =>
    ask("POST", "/account/second-factor/passkeys", { token, body: { name: "Key", credential } });

  expect((await add(key.create(await begin(other)))).answer.code).toBe("passkey-refused");
  expect((await add(key.create(await begin(token), { origin: "http://localhost:9" }))).answer.code).toBe(
    "passkey-refused",
  );
  expect((await add(key.create(await begin(token), { rpId: "example.com" }))).answer.code).toBe(
    "passkey-refused",
  );
  expect((await add(key.create("AAAA"))).answer.code).toBe("passkey-refused");
  expect((await add(key.create(await begin(token)))).status).toBe(200);
  expect((await add(key.create(await begin(token)))).answer.code).toBe("passkey-there");
  const anas = await withPasskey("ana");
  const id = anas.added.answer.passkey.id;
  expect((await ask("DELETE", `/account/second-factor/passkeys/${id}`, { token })).status).toBe(404);
});

test("dangerous actions need a proof of the last ten minutes: the password, or the second factor of those who have one", async () => {
  const { ask, tokenOf, withTotp, codeOf, withPasskey } = await world();
  const ana = await tokenOf("ana");
  const start = (token: string) => ask("POST", "/account/second-factor/totp", { token });
  const confirm = (token: string, body: object) => ask("POST", "/account/confirmation", { token, body });
  await ageProof();

  expect((await start(ana)).answer.code).toBe("confirmation-needed");
  expect((await ask("GET", "/account/confirmation/check", { token: ana })).status).toBe(403);
  expect((await ask("GET", "/account/confirmation", { token: ana })).answer.methods).toEqual(["password"]);
  expect((await confirm(ana, { password: "Wrong-Horse-1" })).answer.code).toBe("password-wrong");
  expect((await confirm(ana, { password })).status).toBe(200);
  expect((await start(ana)).status).toBe(200);

  const ben = await withTotp("ben");
  await ageProof();
  const methods = await ask("GET", "/account/confirmation", { token: ben.token });
  expect(methods.answer.methods).toEqual(["code"]);
  expect((await confirm(ben.token, { password })).answer.code).toBe("confirm-by-factor");
  const remove = () => ask("DELETE", "/account/second-factor/totp", { token: ben.token });
  expect((await remove()).answer.code).toBe("confirmation-needed");
  const change = { currentPassword: password, newPassword: "Anderer-Esel-8" };
  expect((await ask("POST", "/account/password", { token: ben.token, body: change })).answer.code).toBe(
    "confirmation-needed",
  );
  expect((await confirm(ben.token, { code: codeOf(ben.secret) })).status).toBe(200);
  expect((await remove()).status).toBe(200);

  const { key, token } = await withPasskey("ben");
  await ageProof();
  const { answer } = await ask("POST", "/account/confirmation/passkey-options", { token });
  const body = { credential: key.get(answer.challenge) };
  expect((await ask("POST", "/account/confirmation/passkey", { token, body })).status).toBe(200);
  await ageProof();
  expect((await ask("POST", "/account/confirmation/passkey", { token, body })).answer.code).toBe(
    "passkey-refused",
  );
  expect(await actions()).toContain("session.confirmed");
  for (let n = 0; n < 6; n += 1) await confirm(ana, { password: "Wrong-Horse-1" });
  expect((await confirm(ana, { password })).answer.code).toBe("password-guesses");
});

test("a required second factor leaves members without one only the way to set it up", async () => {
  const { ask, tokenOf, withTotp, codeOf } = await world();
  const ben = await tokenOf("ben");
  const early = await tokenOf("ana");
  const require = (token: string, needsSecondFactor: boolean) =>
    ask("PUT", "/team/account-rules", { token, body: { needsSecondFactor } });
  expect((await require(early, true)).answer.code).toBe("second-factor-first");
  expect((await require(ben, true)).answer.code).toBe("forbidden");
  const ana = await withTotp("ana");
  expect((await require(ana.token, true)).answer).toEqual({ needsSecondFactor: true });

  expect((await ask("GET", "/account/sessions", { token: ben })).answer.code).toBe("second-factor-missing");
  expect((await ask("PATCH", "/account", { token: ben, body: { name: "B" } })).status).toBe(403);
  const me = await ask("GET", "/auth/me", { token: ben });
  expect(me.answer).toMatchObject({ mustAddSecondFactor: true, workspaces: [] });
  expect((await ask("DELETE", "/account/second-factor/totp", { token: ana.token })).answer.code).toBe(
    "second-factor-last",
  );
  const { answer } = await ask("POST", "/account/second-factor/totp", { token: ben });
  // A second factor that waits for its first code is none.
  expect((await ask("GET", "/account/sessions", { token: ben })).status).toBe(403);
  await ask("POST", "/account/second-factor/totp/confirm", {
    token: ben,
    body: { code: codeOf(answer.secret) },
  });
  expect((await ask("GET", "/account/sessions", { token: ben })).status).toBe(200);
  await require(ana.token, false);
  expect(await actions()).toContain("account-rules.changed");
});

test("an owner resets a member's second factor: the member is told, signed out, and logs in by password", async () => {
  const { ask, tokenOf, withTotp, withPasskey, logIn } = await world();
  const { token } = await withTotp("ben");
  const ana = await tokenOf("ana");
  const [ben] = await database.sql<{ id: string }[]>`select id from auth.users where name = 'ben'`;
  const reset = (by: string) => ask("DELETE", `/team/members/${ben?.id}/second-factor`, { token: by });

  expect((await reset(token)).answer.code).toBe("forbidden");
  expect((await reset(ana)).status).toBe(200);
  expect((await ask("GET", "/auth/me", { token })).status).toBe(401);
  expect((await logIn("ben")).status).toBe(200);
  const mails = await database.sql`select kind, address from mail.mails`;
  expect([...mails]).toEqual([{ kind: "second-factor-reset", address: "ben@example.com" }]);
  expect((await reset(ana)).answer.code).toBe("second-factor-none");
  expect(await actions()).toContain("user.second-factor-reset");
  expect((await withPasskey("ben")).added.status).toBe(200);
});

test("pruneLogins() deletes used challenges and devices that nobody can use any more", async () => {
  const { withTotp, codeOf, finish, challengeOf } = await world();
  const { secret } = await withTotp("ben");
  await finish(await challengeOf("ben"), codeOf(secret), { body: { rememberDevice: true } });
  await database.sql`update auth.used_challenges set expires_at = now() - interval '2 hours'`;
  await database.sql`update auth.remembered_devices set expires_at = now() - interval '2 hours'`;

  await pruneLogins(database);

  const [left] = await database.sql`
    select (select count(*)::int from auth.used_challenges) as challenges,
      (select count(*)::int from auth.remembered_devices) as devices`;
  expect(left).toEqual({ challenges: 0, devices: 0 });
});
