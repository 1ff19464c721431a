import { readdir, readFile } from "node:fs/promises";
import * as fc from "fast-check";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { createWebhookHarness, pageFacebookId, psid, type WebhookHarness } from "./testing.ts";
import { emptyTables } from "../../db/testing.ts";

let on: WebhookHarness;
beforeAll(async () => {
  on = await createWebhookHarness();
});
afterAll(() => on.close());
beforeEach(async () => {
  await emptyTables(
    on.database.sql,
    "messaging.contacts",
    "messaging.events",
    "messaging.suppressions",
    "webhooks.raw_events",
    "jobs.jobs",
  );
});

const start = Date.now() - 86_400_000;
const tokens: Readonly<Record<string, string>> = { deals: "7434589341", news: "7434589342" };

/** The messages of one person, one second apart. */
function said(what: string, second: number): object {
  const [word = "", topic] = what.split(" ");
  const sides = {
    sender: { id: psid },
    recipient: { id: pageFacebookId },
    timestamp: start + second * 1000,
  };
  if (topic === undefined) return { ...sides, message: { mid: `m_${second}`, text: word } };
  return {
    ...sides,
    optin: {
      type: "notification_messages",
      // The page's own word: the same for both topics.
      payload: "opt-in",
      notification_messages_token: tokens[topic] ?? null,
      ...(word === "opt" ? {} : { notification_messages_status: `${word.toUpperCase()} NOTIFICATIONS` }),
    },
  };
}

async function consent(): Promise<boolean> {
  const [row] = await on.database.sql`select subscribed from messaging.contacts`;
  return Boolean(row?.subscribed);
}

/** Plays messages in order, and in reverse order for another new person. */
async function inBothOrders(...words: string[]): Promise<boolean> {
  const items = words.map(said);
  for (const item of items) await on.send(item);
  const first = await consent();
  await emptyTables(on.database.sql, "messaging.contacts", "messaging.events", "webhooks.raw_events");
  for (const item of items.toReversed()) await on.send(item);
  expect(await consent()).toBe(first);
  return first;
}

test.each([
  [["stop deals"], false],
  [["stop deals", "resume deals"], true],
  [["stop deals", "resume news"], false],
  [["stop deals", "stop news", "resume deals"], false],
  [["stop deals", "stop news", "resume deals", "resume news"], true],
  [["STOP", "resume deals"], false],
  [["stop deals", "STOP", "resume deals"], false],
  [["STOP", "stop deals", "resume deals"], false],
  [["STOP", "stop deals", "START"], true],
  [["stop deals", "START", "stop news", "resume news"], true],
  [["stop deals", "resume deals", "stop deals"], false],
  // A new opt-in is for its topic; it lifts no stop.
  [["stop deals", "opt deals"], false],
])("%j, arriving in both orders, leaves automations allowed: %s", async (words, subscribed) => {
  expect(await inBothOrders(...words)).toBe(subscribed);
});

test("RESUME of a topic lifts neither an agent's opt-out nor an entry of the suppression list", async () => {
  const { sql } = on.database;
  await on.send(said("stop deals", 1));
  await sql`update messaging.contacts set subscribed = false, subscription_reason = 'Asked by phone', subscription_at = now()`;
  await sql`insert into messaging.suppressions (workspace_id, page_id, psid, reason, created_at)
    select workspace_id, page_id, psid, 'stop', ${new Date(start).toISOString()} from messaging.contacts`;

  await on.send(said("resume deals", 2));

  const [contact] = await sql`select subscribed, subscription_reason from messaging.contacts`;
  expect(contact).toEqual({ subscribed: false, subscription_reason: "Asked by phone" });
  expect(await sql`select 1 from messaging.suppressions`).toHaveLength(1);
});

test("RESUME by payload lifts a stop of the same topic without a token", async () => {
  const bare = said("stop none", 1);
  await on.send(bare);
  expect(await consent()).toBe(false);
  await on.send(said("resume deals", 2));
  expect(await consent()).toBe(true);
});

test("RESUME of a topic lifts an older stop of that topic only, and never a STOP", async () => {
  const { sql } = on.database;
  const names = await readdir("db/migrations");
  const name = names.find((one) => one.endsWith("_topic_consents.sql")) ?? "";
  const migration = await readFile(`db/migrations/${name}`, "utf8");
  const statements = migration.split("--> statement-breakpoint").slice(-2);
  const upgrade = async (...words: string[]) => {
    await emptyTables(sql, "messaging.contacts", "messaging.events", "webhooks.raw_events");
    for (const [second, word] of words.entries()) await on.send(said(word, second));
    await emptyTables(sql, "messaging.topic_consents");
    await sql`update messaging.events set data = data - 'topic_key'`;
    await sql`update messaging.contacts set topic_stopped_at = null, consent_at = null, consent_reason = null,
      subscription_reason = 'Stopped notifications in Messenger',
      subscription_at = (select max(at) from messaging.events where kind = 'optin')`;
    for (const statement of statements) await sql.unsafe(statement);
    await on.send(said("resume deals", 100));
    return await consent();
  };

  expect(await upgrade("stop deals")).toBe(true);
  expect(await upgrade("START", "stop deals")).toBe(true);
  expect(await upgrade("STOP", "stop deals")).toBe(false);
});

test("recordConsents() gives the same consent for any order and grouping of global and topic events", async () => {
  const word = fc.constantFrom(
    "STOP",
    "START",
    ...["deals", "news", "none"].flatMap((topic) => [`stop ${topic}`, `resume ${topic}`]),
  );
  await fc.assert(
    fc.asyncProperty(
      fc
        .array(word, { minLength: 2, maxLength: 9 })
        .chain((words) =>
          fc.tuple(
            fc.constant(words.map(said)),
            fc.shuffledSubarray(words.map(said), { minLength: words.length }),
          ),
        ),
      fc.integer({ min: 1, max: 4 }),
      async ([inOrder, shuffled], size) => {
        const play = async (posts: object[][]) => {
          await emptyTables(on.database.sql, "messaging.contacts", "messaging.events", "webhooks.raw_events");
          for (const items of posts) await on.send(...items);
          return await on.database
            .sql`select subscribed, subscription_reason, subscription_at from messaging.contacts`;
        };
        const posts = [];
        for (let i = 0; i < shuffled.length; i += size) posts.push(shuffled.slice(i, i + size));
        expect(await play(posts)).toEqual(await play(inOrder.map((item) => [item])));
      },
    ),
    { numRuns: Number(process.env.FC_RUNS ?? 30) },
  );
}, 120_000);
