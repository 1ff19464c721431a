// `bun run smoke --url https://messages.example.com [--page <Facebook page id> --person <PSID>]`
// Drives a deployed system from outside: health, login, signatures; with a page and a person of it also a message in and
// a reply out, which that person gets. Secrets come from .env.prod, or the file that --env names.
import { createHmac } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { parseArgs, parseEnv } from "node:util";
import { giveUp, root } from "../prepare.ts";

const values = readOptions();
const file = resolve(root, values.env ?? ".env.prod");
const isThere = statSync(file, { throwIfNoEntry: false })?.isFile() ?? false;
if (values.env !== undefined && !isThere) giveUp(`There is no file ${file}`);
const env: Record<string, string | undefined> = {
  ...(isThere ? parseEnv(readFileSync(file, "utf8")) : {}),
  ...process.env,
};
const url = (values.url ?? env.APP_URL ?? "").replace(/\/+$/, "");
if (!URL.canParse(url)) giveUp("Say where the system is: --url https://…");
const { OWNER_EMAIL: email, OWNER_PASSWORD: password, FACEBOOK_APP_SECRET: appSecrets } = env;
if (!email || !password || !appSecrets)
  giveUp(`Set OWNER_EMAIL, OWNER_PASSWORD and FACEBOOK_APP_SECRET, in ${file} or in the environment`);
const appSecret = appSecrets.split(",")[0] ?? "";

let token: string | null = null;
await step("health", async () => {
  const { version, commit } = await call("GET", "/health");
  await call("GET", "/health/ready");
  return `version ${version}, commit ${commit}`;
});
await step("login", async () => {
  const { accessToken } = await call("POST", "/api/v1/auth/login", { email, password });
  if (typeof accessToken !== "string") throw new Error("the answer has no access token");
  token = accessToken;
});
await step("a stranger is refused", async () => {
  await expectStatus(await fetch(`${url}/api/v1/workspaces`, { signal: AbortSignal.timeout(20_000) }), 401);
});
await step("a webhook with a wrong signature is refused", async () => {
  const body = JSON.stringify({ object: "page", entry: [] });
  await expectStatus(await webhook(body, `sha256=${"0".repeat(64)}`), 401, 403);
});
const text = `Smoke test ${new Date().toISOString()}`;
await step("a signed webhook is accepted", async () => {
  await expectStatus(await webhook(messageBody(values.page ?? "0", values.person ?? "0"), null), 200);
});
if (values.page && values.person) {
  const place = await step("the message is in the inbox", () => until(findConversation));
  await step("a reply goes out", async () => {
    const answer = { text: `Answer to: ${text}` };
    const { message } = await call("POST", `${place}/messages`, answer, {
      "idempotency-key": crypto.randomUUID(),
    });
    const id = field(message, "id");
    await until(async () => {
      const { items } = await call("GET", `${place}/messages`);
      const sent = list(items).find((one) => field(one, "id") === id);
      const status = String(field(sent, "status"));
      if (status === "failed") {
        const why = field(sent, "error");
        throw new Error(`${String(field(why, "title"))}. ${String(field(why, "remedy"))}`);
      }
      return ["sent", "delivered", "read"].includes(status) ? status : undefined;
    });
  });
}
process.stdout.write("Smoke test passed\n");

function readOptions() {
  try {
    const one = { type: "string" } as const;
    return parseArgs({ options: { url: one, env: one, page: one, person: one } }).values;
  } catch (error) {
    giveUp(`${error instanceof Error ? error.message : error}. There are --url, --env, --page and --person`);
  }
}

async function step<T>(name: string, work: () => Promise<T>): Promise<T> {
  const startedAt = performance.now();
  try {
    const done = await work();
    const said = name === "health" ? ` (${String(done)})` : "";
    process.stdout.write(`✓ ${name}${said}, ${Math.round(performance.now() - startedAt)} ms\n`);
    return done;
  } catch (error) {
    giveUp(`✗ ${name}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

async function call(
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Record<string, unknown>> {
  const response = await fetch(`${url}${path}`, {
    method,
    headers: {
      ...(token ? { authorization: `Bearer ${token}` } : {}),
      ...(body === undefined ? {} : { "content-type": "application/json" }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(20_000),
  });
  if (!response.ok)
    throw new Error(`${method} ${path} answered ${response.status}: ${await response.text()}`);
  return await response.json();
}

async function webhook(body: string, signature: string | null): Promise<Response> {
  const right = `sha256=${createHmac("sha256", appSecret).update(body).digest("hex")}`;
  return await fetch(`${url}/api/v1/webhooks/facebook`, {
    method: "POST",
    headers: { "content-type": "application/json", "x-hub-signature-256": signature ?? right },
    body,
    signal: AbortSignal.timeout(20_000),
  });
}

function messageBody(page: string, contact: string): string {
  const timestamp = Date.now();
  const message = { mid: `m_smoke_${timestamp}`, text };
  const messaging = [{ sender: { id: contact }, recipient: { id: page }, timestamp, message }];
  return JSON.stringify({ object: "page", entry: [{ id: page, time: timestamp, messaging }] });
}

async function findConversation(): Promise<string | undefined> {
  const { items } = await call("GET", "/api/v1/workspaces");
  for (const workspace of list(items)) {
    const place = `/api/v1/workspaces/${String(field(workspace, "id"))}/conversations`;
    const found = list((await call("GET", place)).items).find(
      (one) => field(field(one, "preview"), "text") === text,
    );
    if (found) return `${place}/${String(field(found, "id"))}`;
  }
  return undefined;
}

async function until<T>(look: () => Promise<T | undefined>): Promise<T> {
  const deadline = Date.now() + 30_000;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (Date.now() > deadline) throw new Error("waited 30 s in vain");
    await Bun.sleep(200);
  }
}

async function expectStatus(response: Response, ...wanted: number[]): Promise<void> {
  if (!wanted.includes(response.status))
    throw new Error(`answered ${response.status} and not ${wanted.join(" or ")}: ${await response.text()}`);
}

function field(value: unknown, name: string): unknown {
  return value && typeof value === "object" ? Reflect.get(value, name) : undefined;
}

function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}
