import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { asRecord, asRecords } from "./json.ts";
import { callGraph, pageId, psid, resetTest, startTest, type TestSimulator } from "./testing.ts";

let on: TestSimulator;

beforeAll(async () => {
  on = await startTest();
});

afterAll(() => on.stop());

beforeEach(() => resetTest(on));

test("typing, seen and reactions of the page reach the phone", async () => {
  const { messages } = await on.control("GET", `persons/${psid}/thread`);
  const mid = asRecords(messages)[0]?.mid;
  const action = (sender_action: string, payload?: object) =>
    on.graph("POST", "me/messages", { recipient: { id: psid }, sender_action, payload });

  expect((await action("typing_on")).body).toEqual({ recipient_id: psid });
  await action("mark_seen");
  await action("react", { message_id: mid, reaction: "love" });

  const thread = await on.control("GET", `persons/${psid}/thread`);
  expect(Number(asRecord(thread.person)?.typingUntil)).toBeGreaterThan(Date.now());
  expect(asRecords(thread.messages)[0]?.reactions).toEqual({ page: "love" });
  expect(await action("dance")).toMatchObject({ code: 100 });
});

test("a batch runs in order, returns JSON inside JSON and refuses 51 items", async () => {
  const body = new URLSearchParams({
    recipient: JSON.stringify({ id: psid }),
    messaging_type: "RESPONSE",
    message: '{"text":"one"}',
  });
  const items = [
    { method: "POST", relative_url: "me/messages", body: body.toString() },
    { method: "GET", relative_url: "v25.0/me?fields=name" },
    { method: "GET", relative_url: "1" },
  ];

  const response = await fetch(`${on.simulator.url}/v25.0/`, {
    method: "POST",
    body: new URLSearchParams({ access_token: on.token, batch: JSON.stringify(items) }),
  });
  const answers = asRecords(await response.json());
  const tooMany = await on.graph("POST", "", {
    batch: JSON.stringify(Array.from({ length: 51 }, () => ({ method: "GET", relative_url: "me" }))),
  });

  expect(answers.map(({ code }) => code)).toEqual([200, 200, 400]);
  expect(JSON.parse(String(answers[1]?.body))).toEqual({ name: "Luna Coffee Roasters", id: pageId });
  expect(tooMany).toMatchObject({ code: 100 });
});

test("conversations list threads, detail the 20 newest messages and allow 2 calls a second", async () => {
  for (let index = 0; index < 25; index += 1)
    await on.control("POST", `persons/${psid}/write`, { text: `m${index}` });
  const fields = "id,participants,unread_count,can_reply,messages{id,message,from,created_time}";

  const listed = await on.graph(
    "GET",
    `${pageId}/conversations?platform=messenger&user_id=${psid}&fields=${fields}`,
  );
  const [conversation] = asRecords(listed.body.data);
  const messages = asRecords(asRecord(conversation?.messages)?.data);
  const second = await on.graph("GET", `${messages[24]?.id}?fields=message`);
  const third = await on.graph("GET", `${messages[0]?.id}?fields=message`);

  expect(conversation).toMatchObject({ id: expect.stringMatching(/^t_/), can_reply: true, unread_count: 26 });
  expect(messages[0]).toMatchObject({
    message: "m24",
    from: { id: psid },
    created_time: expect.stringMatching(/\+0000$/),
  });
  expect(messages[20]?.message).toBeUndefined();
  expect(second).toMatchObject({ code: 9000001 });
  expect(third).toMatchObject({ code: 613 });
});

test("profiles are full, name only, or refused with Meta's errors", async () => {
  const profile = () => on.graph("GET", `${psid}?fields=first_name,last_name,name,profile_pic`);
  const full = await profile();
  expect(full.body).toMatchObject({ first_name: "Anna", last_name: "Keller", name: "Anna Keller", id: psid });
  const picture = await fetch(String(full.body.profile_pic));
  expect([picture.status, picture.headers.get("content-type")]).toEqual([200, "image/png"]);

  const as = async (kind: string) => {
    await on.control("PATCH", `persons/${psid}`, { profile: kind });
    return profile();
  };
  expect((await as("name_only")).body).toEqual({ name: "Anna Keller", id: psid });
  expect(await as("none")).toMatchObject({ code: 100, subcode: 2018218 });
  expect(await as("no_permission")).toMatchObject({ code: 100, subcode: 2018247 });
  const stranger = await on.graph("GET", "24266381753005181?fields=name");
  expect(stranger).toMatchObject({ code: 100, subcode: 33 });
});

test("the Messenger profile stores its properties, requires Get Started for a menu, and is limited", async () => {
  const path = `${pageId}/messenger_profile`;
  const menu = [
    { locale: "default", call_to_actions: [{ type: "postback", title: "Talk", payload: "HUMAN" }] },
  ];
  expect(await on.graph("POST", path, { persistent_menu: menu })).toMatchObject({ code: 100 });

  const set = await on.graph("POST", path, { get_started: { payload: "GO" }, persistent_menu: menu });
  const read = await on.graph("GET", `${path}?fields=get_started,persistent_menu`);

  expect(set.body).toEqual({ result: "success" });
  expect(read.body).toEqual({ data: [{ get_started: { payload: "GO" }, persistent_menu: menu }] });
  await Promise.all(Array.from({ length: 7 }, () => on.graph("GET", path)));
  expect(await on.graph("GET", path)).toMatchObject({ code: 613 });
});

test.each<[string, Record<string, unknown>]>([
  ["a greeting without a default", { greeting: [{ locale: "de_DE", text: "Hallo" }] }],
  ["a greeting of 161 characters", { greeting: [{ locale: "default", text: "x".repeat(161) }] }],
  [
    "a language that is none",
    {
      greeting: [
        { locale: "default", text: "x" },
        { locale: "german", text: "x" },
      ],
    },
  ],
  [
    "a language twice",
    {
      greeting: [
        { locale: "default", text: "x" },
        { locale: "default", text: "y" },
      ],
    },
  ],
  ["Get Started without a payload", { get_started: {} }],
  [
    "five questions",
    {
      ice_breakers: [
        {
          locale: "default",
          call_to_actions: [1, 2, 3, 4, 5].map((n) => ({ question: `Open ${n}?`, payload: "OPEN" })),
        },
      ],
    },
  ],
  [
    "an address that is none",
    {
      get_started: { payload: "GO" },
      persistent_menu: [
        { locale: "default", call_to_actions: [{ type: "web_url", title: "Shop", url: "shop" }] },
      ],
    },
  ],
  ["nothing that it knows", { colour: "red" }],
])("the Messenger profile refuses %s", async (_, properties) => {
  await on.control("PATCH", "switches", { limits: { profileCallsPerTenMinutes: null } });

  const answer = await on.graph("POST", "me/messenger_profile", properties);

  expect(answer).toMatchObject({ code: 100 });
});

test("taps of a person appear in the thread, and Get Started cannot be deleted while there is a menu", async () => {
  const path = "me/messenger_profile";
  await on.control("PATCH", "switches", { limits: { profileCallsPerTenMinutes: null } });
  const menu = [
    { locale: "default", call_to_actions: [{ type: "postback", title: "Talk", payload: "HUMAN" }] },
  ];
  await on.graph("POST", path, { get_started: { payload: "GO" }, persistent_menu: menu });

  const early = await on.graph("DELETE", path, { fields: ["get_started"] });
  const both = await on.graph("DELETE", path, { fields: ["get_started", "persistent_menu"] });
  await on.control("POST", `persons/${psid}/tap`, { title: "Talk", payload: "HUMAN" });
  const thread = await on.control("GET", `persons/${psid}/thread`);

  expect(early).toMatchObject({ code: 100 });
  expect(both.body).toEqual({ result: "success" });
  expect(thread).toMatchObject({
    messages: expect.arrayContaining([
      expect.objectContaining({ from: "person", content: { text: "Talk" } }),
    ]),
  });
});

test("a call without a token, with a foreign one or to another page is refused", async () => {
  const { url } = on.simulator;
  const call = (token: string, path: string) => callGraph(url, token, { method: "GET", path });

  expect(await call("", "me")).toMatchObject({ code: 104 });
  expect(await call("EAAGforged", "me")).toMatchObject({ code: 190 });
  expect(await call(on.token, "104810069068201/subscribed_apps")).toMatchObject({ code: 100, subcode: 33 });
});
