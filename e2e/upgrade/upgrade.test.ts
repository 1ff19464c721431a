/**
 * A database of each release, brought to this version: by the road of a restore, which is the one of an update too, as
 * the rows are there before the newer migrations run.
 */
import { randomBytes } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { restoreBackup } from "#admin";
import { openDatabase } from "#db";
import { createTestDatabase, type TestDatabase } from "../../db/testing.ts";
import { readConfig } from "../../apps/server/config.ts";
import {
  type ApiClient,
  apiClient,
  owner,
  type Product,
  simulatorCall,
  startProduct,
  waitFor,
} from "../support/product.ts";
import { portraitOf } from "./portrait.ts";
import { migrationHashes, releaseEnv } from "./release.ts";

const folder = fileURLToPath(new URL(".", import.meta.url));
const releases = readdirSync(folder).filter((name) => name.endsWith(".backup"));
const facebookPage = "104810069068200";
const person = "24266381753005180";

test("migrations of a release are never changed", async () => {
  const hashes = await migrationHashes();

  expect(releases).not.toEqual([]);
  for (const name of releases) {
    const { migrations } = JSON.parse(readFileSync(join(folder, name.replace(".backup", ".json")), "utf8"));
    expect(hashes).toMatchObject(migrations);
  }
});

describe.each(releases)("a database of %s", (release) => {
  let database: TestDatabase;
  let rows: Record<string, number>;
  let product: Product | undefined;
  const dataDir = mkdtempSync(join(tmpdir(), "messagesender-upgrade-"));

  beforeAll(async () => {
    database = await emptyDatabase();
    const env = { ...releaseEnv, DATABASE_URL: database.url, DATA_DIR: dataDir };
    ({ rows } = await restoreBackup(
      { databaseUrl: database.url, config: readConfig(env) },
      join(folder, release),
    ));
  });
  afterAll(async () => {
    await product?.stop();
    await database.close();
    await rm(dataDir, { recursive: true, force: true });
  });

  test("has the schema of a new one, and all its rows", async () => {
    const fresh = await createTestDatabase();
    try {
      expect(await portraitOf(database)).toEqual(await portraitOf(fresh));
    } finally {
      await fresh.close();
    }
    expect(rows["messaging.messages"]).toBeGreaterThan(0);
    for (const [table, count] of Object.entries(rows)) {
      const [found] = await database.sql.unsafe(`select count(*)::int4 as count from ${table}`);
      expect({ table, count: found?.count }).toEqual({ table, count });
    }
  });

  test("works on: people log in, read, search, answer and send", { timeout: 120_000 }, async () => {
    const env = { ...releaseEnv, DATABASE_URL: database.url, DATA_DIR: dataDir };
    product = await startProduct({ env, hasOwner: false });
    const { simulator, url } = product;
    const { accessToken } = await apiClient(url, null).post<{ accessToken: string }>("/auth/login", owner);
    const api = apiClient(url, accessToken);
    const { items: workspaces } = await api.get<{ items: { id: string; name: string }[] }>("/workspaces");
    const at = `/workspaces/${workspaces[0]?.id}`;
    expect(workspaces).toMatchObject([{ name: "Luna Coffee" }]);
    // Nobody needs or has a second factor.
    expect(await api.get("/auth/me")).toMatchObject({ mustAddSecondFactor: false });
    expect(await api.get("/account/second-factor")).toMatchObject({
      hasTotp: false,
      passkeys: [],
      isRequired: false,
    });

    // This Meta knows nothing of the page's owner and the app; the sealed token of the database is good there again.
    await simulatorCall(simulator, "GET", `pages/${facebookPage}/token`);
    const { items: pages } = await api.get<{ items: { id: string }[] }>(`${at}/pages`);
    await api.post(`${at}/pages/${pages[0]?.id}/repair`);
    await simulatorCall(simulator, "POST", `persons/${person}/write`, { text: "Still there?" });
    const { id, messages } = await conversationWith(api, at, "Still there?");
    expect(messages).toContain("Hello");
    expect(messages).toContain("Hello from Luna");

    const { message } = await api.post<{ message: { id: string } }>(
      `${at}/conversations/${id}/messages`,
      { text: "Better than ever" },
      { "idempotency-key": crypto.randomUUID() },
    );
    await waitFor(async () => (await statusOf(api, `${at}/conversations/${id}`, message.id)) === "sent");

    const { items: tags } = await api.get<{ items: { id: string }[] }>(`${at}/tags`);
    const { items: regulars } = await api.get<{ items: { id: string }[] }>(
      `${at}/contacts?tagId=${tags[0]?.id}`,
    );
    const { contact } = await api.get<{ contact: { fields: unknown } }>(`${at}/contacts/${id}`);
    expect(regulars.map((one) => one.id)).toEqual([id]);
    expect(contact.fields).toEqual({ city: "Lisbon" });

    const { campaign } = await api.post<{ campaign: { id: string } }>(`${at}/campaigns`, {
      name: "After the update",
      kind: "window",
      audience: { contactIds: [id] },
      content: { text: "We moved house" },
    });
    await api.post(`${at}/campaigns/${campaign.id}/launch`);
    await waitFor(async () => (await sentTexts(product)).includes("We moved house"), 30_000, "the campaign");
    expect((await sentTexts(product)).toSorted()).toEqual(["Better than ever", "We moved house"]);
  });
});

async function emptyDatabase(): Promise<TestDatabase> {
  const url = new URL(process.env.TEST_DATABASE_URL ?? "");
  const admin = openDatabase(url.href, { max: 1 });
  const name = `test_${randomBytes(6).toString("hex")}`;
  await admin.sql.unsafe(`create database ${name}`);
  url.pathname = `/${name}`;
  const database = openDatabase(url.href, { max: 2 });
  return {
    ...database,
    url: url.href,
    async close() {
      await database.close();
      await admin.sql.unsafe(`drop database if exists ${name} with (force)`);
      await admin.close();
    },
  };
}

/** The texts of a conversation, when one of them is there. */
async function conversationWith(
  api: ApiClient,
  at: string,
  text: string,
): Promise<{ id: string; messages: (string | null)[] }> {
  let found: { id: string; messages: (string | null)[] } | undefined;
  await waitFor(
    async () => {
      const { items } = await api.get<{ items: { id: string; preview: { text: string | null } }[] }>(
        `${at}/conversations`,
      );
      const conversation = items.find(({ preview }) => preview.text === text);
      if (!conversation) return false;
      const thread = await api.get<{ items: { text: string | null }[] }>(
        `${at}/conversations/${conversation.id}/messages`,
      );
      found = { id: conversation.id, messages: thread.items.map((message) => message.text) };
      return true;
    },
    30_000,
    "the message to arrive",
  );
  if (!found) throw new Error("The conversation is missing");
  return found;
}

async function statusOf(api: ApiClient, thread: string, messageId: string): Promise<string | undefined> {
  const { items } = await api.get<{ items: { id: string; status: string }[] }>(`${thread}/messages`);
  return items.find(({ id }) => id === messageId)?.status;
}

async function sentTexts(product: Product | undefined): Promise<(string | null)[]> {
  if (!product) return [];
  const { messages } = await simulatorCall<{ messages: { text: string | null }[] }>(
    product.simulator,
    "GET",
    "sent",
  );
  return messages.map(({ text }) => text);
}
