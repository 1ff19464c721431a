import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { asRecord, asRecords } from "./json.ts";
import { defaultApp } from "./simulator.ts";
import { eventually, pageId, psid, resetTest, startTest, type TestSimulator } from "./testing.ts";

const ours = defaultApp.appId;
const pageInbox = "263902037430900";
const held = { status: 400, code: 10, subcode: 2018300 };
const done = { status: 200, body: { success: true } };

let on: TestSimulator;
beforeAll(async () => {
  on = await startTest();
});
afterAll(() => on.stop());
beforeEach(() => resetTest(on));

const call = (edge: string, rest: object = {}) =>
  on.graph("POST", `${pageId}/${edge}_thread_control`, { recipient: { id: psid }, ...rest });
const act = (action: string, body: object = {}) => on.control("POST", `persons/${psid}/${action}`, body);
const setUp = (body: object) => on.control("PATCH", `pages/${pageId}`, body);
const owner = async () => (await on.graph("GET", `${pageId}/thread_owner?recipient=${psid}`)).body.data;
const send = () => on.send({ text: "a" });
const shown = (appId: string) => [{ thread_owner: { app_id: appId, expiration: expect.any(Number) } }];
const hidden = [{ thread_owner: { expiration: expect.any(Number) } }];
/** Handovers that reached us, once everything on its way has arrived. */
async function handovers(): Promise<unknown[]> {
  await eventually(async () =>
    expect(await on.control("GET", "webhooks")).toMatchObject({ queued: 0, inFlight: 0, waiting: 0 }),
  );
  return ["pass_thread_control", "take_thread_control", "request_thread_control"].flatMap((kind) =>
    on.events(kind).map((event) => ({ [kind]: event[kind] })),
  );
}

test("take: code 27 without routing, refused without the page's switch, silent and ours with both", async () => {
  const status = async () => (await on.graph("GET", `${pageId}?fields=messaging_feature_status`)).body;
  await act("owner", { appId: pageInbox });
  expect(await status()).toMatchObject({
    messaging_feature_status: { hop_v2: false, msgr_multi_app: false },
  });
  expect(await call("take")).toMatchObject({ status: 400, code: 27, subcode: 2018464 });

  await setUp({ hasRouting: true });
  expect(await status()).toMatchObject({ messaging_feature_status: { hop_v2: true, msgr_multi_app: true } });
  expect(await call("take")).toMatchObject({ status: 400, code: 10 });
  expect(await send()).toMatchObject(held);
  on.received.length = 0;

  await setUp({ canTakeControl: true });
  expect(await call("take", { metadata: "agent:42" })).toMatchObject(done);
  expect(await owner()).toEqual(shown(ours));
  expect((await send()).status).toBe(200);
  expect(await call("take")).toMatchObject({ status: 400, code: 100 });
  expect(await handovers()).toEqual([]);
});

test("request: a filed one changes nothing, an idle thread is passed at once, and routing refuses it", async () => {
  await act("owner", { appId: "999" });
  await handovers();
  on.received.length = 0;

  expect(await call("request")).toMatchObject(done);
  expect(await owner()).toEqual(hidden);
  expect(await send()).toMatchObject(held);
  expect(await handovers()).toEqual([]);
  await act("owner", { isOurs: true });
  expect(await handovers()).toEqual([
    { pass_thread_control: { previous_owner_app_id: "999", new_owner_app_id: ours } },
  ]);
  expect(await call("request")).toMatchObject({ status: 400, code: 100 });

  expect(await call("release")).toMatchObject(done);
  expect(await owner()).toEqual([]);
  expect(await call("request", { metadata: "m" })).toMatchObject(done);
  expect((await handovers()).at(-1)).toEqual({
    pass_thread_control: { previous_owner_app_id: null, new_owner_app_id: ours, metadata: "m" },
  });
  expect(await owner()).toEqual(shown(ours));

  await act("owner", { appId: "999" });
  await setUp({ hasRouting: true });
  expect(await call("request")).toMatchObject({ status: 400, code: 100 });
});

test("pass: from us or from idle, to the default app when none is named, never to ourselves", async () => {
  expect(await call("pass")).toMatchObject({ status: 400, code: 100 });
  expect(await call("pass", { target_app_id: ours })).toMatchObject({ status: 400, code: 100 });
  expect(await call("pass", { target_app_id: "999" })).toMatchObject(done);
  expect(await call("pass", { target_app_id: pageInbox })).toMatchObject({ code: 100, subcode: 2018151 });
  expect(await call("release")).toMatchObject({ status: 400, code: 100 });
  expect(await call("extend", { duration: 60 })).toMatchObject({ status: 400, code: 100 });

  await setUp({ hasRouting: true, canTakeControl: true, defaultAppId: pageInbox });
  await call("take");
  expect(await call("pass")).toMatchObject(done);
  await setUp({ defaultAppId: null });
  expect(await owner()).toEqual(shown(pageInbox));
});

test("an ownership ends a day after the person's last message, or when extended, within seven days", async () => {
  await act("owner", { isOurs: true });
  expect(await call("extend", { duration: 8 * 86_400 })).toMatchObject({ status: 400, code: 100 });
  expect(await call("extend", { duration: 6 * 86_400 })).toMatchObject(done);
  const [first] = asRecords(await owner());
  const { expiration } = asRecord(first?.thread_owner) ?? {};
  expect(Math.abs(Number(expiration) - Date.now() / 1000 - 6 * 86_400)).toBeLessThan(60);

  await act("owner", { appId: "999" });
  expect(await send()).toMatchObject(held);
  await act("age", { hours: 25 });
  expect(await owner()).toEqual([]);
});

test("with routing, new threads go to the default app: passed to ours, or silently to another", async () => {
  await setUp({ hasRouting: true });
  await act("write", { text: "hello" });
  expect(await owner()).toEqual(shown(ours));
  expect(await handovers()).toEqual([
    { pass_thread_control: { previous_owner_app_id: null, new_owner_app_id: ours } },
  ]);
  expect(
    await on.send({ text: "over to you" }, { thread_control: { control_type: "release" } }),
  ).toMatchObject({
    status: 200,
  });
  expect(await owner()).toEqual([]);

  await setUp({ defaultAppId: "999" });
  expect(await send()).toMatchObject(held);
  await act("write", { text: "hello again" });
  expect(await owner()).toEqual(hidden);
  expect(await handovers()).toHaveLength(1);
  const lists = on.received.flatMap(({ payload }) => asRecords(payload.entry).flatMap(Object.keys));
  expect(lists).toContain("standby");
});

test("Meta's AI controls a thread without any event: sends fail, a request succeeds and is never granted", async () => {
  await act("meta_ai", { text: "Your AI agent will respond." });

  expect(await send()).toMatchObject(held);
  expect(await call("request")).toMatchObject(done);
  expect(await send()).toMatchObject(held);
  expect(await owner()).toEqual(hidden);
  expect(await handovers()).toEqual([]);
  expect(on.events("message")[0]?.message).toMatchObject({
    is_echo: true,
    app_id: Number(pageInbox),
    ai_generated: true,
    metadata: '{"source":"axon"}',
  });

  await act("meta_ai", { isHolding: false });
  expect((await send()).status).toBe(200);
});
