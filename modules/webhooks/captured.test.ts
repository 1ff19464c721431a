import { existsSync, readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { connectPage, createWebhookHarness, type WebhookHarness } from "./testing.ts";
import { emptyTables } from "../../db/testing.ts";

const folder = process.env.FIXTURES_DIR ?? "../shared/fixtures";
const isThere = existsSync(folder);
const files = isThere ? [...new Bun.Glob("**/*.json").scanSync({ cwd: folder })].toSorted() : [];

interface Captured {
  file: string;
  text: string;
  entries: {
    id: string;
    messaging: Record<string, Record<string, unknown> | undefined>[];
    changes: Record<string, unknown>[];
  }[];
}

const object = (value: unknown): Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : {};
const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);

/** The files that are whole webhook bodies about a page. */
const captured = files.flatMap((file): Captured[] => {
  const text = readFileSync(`${folder}/${file}`, "utf8");
  const body = object(JSON.parse(text));
  if (body.object !== "page" || !Array.isArray(body.entry)) return [];
  const entries = body.entry.map(object).map((entry) => ({
    id: String(entry.id),
    messaging: [...list(entry.messaging), ...list(entry.standby)].map((item) =>
      Object.fromEntries(Object.entries(object(item)).map(([key, value]) => [key, object(value)])),
    ),
    changes: list(entry.changes).map(object),
  }));
  return [{ file, text, entries }];
});

let on: WebhookHarness;
beforeAll(async () => {
  on = await createWebhookHarness();
  const pages = new Set(captured.flatMap(({ entries }) => entries.map((entry) => entry.id)));
  for (const id of pages) if (id !== "undefined") await connectPage(on.database, id);
});
afterAll(() => on.close());

const rows = async (query: string) => await on.database.sql.unsafe(query);
const ids = (found: readonly object[], key: string) =>
  found.map((row) => String(object(row)[key])).toSorted((a, b) => (a < b ? -1 : 1));
const sorted = (values: unknown[]) => [...new Set(values.map(String))].toSorted((a, b) => (a < b ? -1 : 1));

// Two different tests instead of a skip: a run shows which one it had.
if (isThere) {
  test("the folder of captured payloads has webhook bodies of the main kinds", () => {
    const items = captured.flatMap(({ entries }) => entries.flatMap((entry) => entry.messaging));
    const kinds = new Set(items.flatMap((item) => Object.keys(item)));

    expect(captured.length).toBeGreaterThan(50);
    for (const kind of ["message", "postback", "delivery", "read", "reaction", "optin", "referral"])
      expect(kinds).toContain(kind);
  });
} else {
  test(`captured payloads are not here (${folder}): only the project's own are tested`, () => {
    expect(existsSync("modules/webhooks/kinds.test.ts")).toBe(true);
  });
}

test.each(captured)(
  "captured: $file is stored, and each of its events is in its place",
  async ({ text, entries }) => {
    await emptyTables(
      on.database.sql,
      "messaging.contacts",
      "messaging.events",
      "messaging.comments",
      "messaging.reactions",
      "webhooks.raw_events",
      "jobs.jobs",
    );

    // Twice: captured bodies come again too.
    expect((await on.post(text)).status).toBe(200);
    expect((await on.post(text)).status).toBe(200);

    const items = entries.flatMap((entry) => entry.messaging.map((item) => ({ page: entry.id, item })));
    const changes = entries.flatMap((entry) => entry.changes);
    const raw = await rows("select state, error from webhooks.raw_events");
    expect(raw).toHaveLength(2 * Math.max(1, items.length + changes.length));
    const expected = items.length + changes.length === 0 ? "kept" : "stored";
    expect(raw.filter((row) => row.state !== expected)).toEqual([]);

    const have = (key: string): Record<string, unknown>[] =>
      items.flatMap(({ item }) => (item[key] === undefined ? [] : [item[key]]));
    const messages = have("message").filter((message) => message.is_deleted !== true);
    expect(
      ids(
        await rows("select mid from messaging.messages where kind <> 'postback' and not is_partial"),
        "mid",
      ),
    ).toEqual(sorted(messages.map((message) => message.mid)));
    const withText = messages.filter((message) => typeof message.text === "string");
    expect(
      ids(
        await rows("select text from messaging.messages where text is not null and kind <> 'postback'"),
        "text",
      ),
    ).toEqual(
      sorted([
        ...withText.map((message) => message.text),
        ...have("message_edit").flatMap((edit) => edit.text ?? []),
      ]),
    );
    const echoes = messages.filter((message) => message.is_echo === true);
    expect(ids(await rows("select mid from messaging.messages where direction = 'out'"), "mid")).toEqual(
      sorted(echoes.map((message) => message.mid)),
    );
    const taps = items.filter(({ item }) => item.postback && item.sender?.id !== undefined);
    expect(await rows("select 1 from messaging.messages where kind = 'postback'")).toHaveLength(taps.length);
    expect(ids(await rows("select mid from messaging.reactions"), "mid")).toEqual(
      sorted(have("reaction").map((reaction) => reaction.mid)),
    );
    const delivered = have("delivery").map((delivery) => delivery.watermark);
    expect(
      ids(
        await rows(
          "select extract(epoch from delivered_until) * 1000 as ms from messaging.conversations where read_until is null and delivered_until is not null",
        ),
        "ms",
      ).map(Number),
    ).toEqual(delivered.map(Number));
    const read = have("read").map((one) => one.watermark);
    expect(
      ids(
        await rows(
          "select extract(epoch from read_until) * 1000 as ms from messaging.conversations where read_until is not null",
        ),
        "ms",
      ).map(Number),
    ).toEqual(read.map(Number));
    const comments = changes
      .filter((change) => change.field === "feed")
      .map((change) => object(change.value))
      .filter((value) => value.item === "comment");
    expect(ids(await rows("select comment_id from messaging.comments"), "comment_id")).toEqual(
      sorted(comments.map((value) => value.comment_id)),
    );
    // Kinds without their own table are stored as events.
    const own = new Set(["message", "postback", "reaction", "delivery", "read", "message_edit"]);
    const others = items.filter(({ item }) => !Object.keys(item).some((key) => own.has(key))).length;
    const events = await rows("select kind from messaging.events");
    expect(events.length).toBeGreaterThanOrEqual(others + changes.length - comments.length);
  },
);
