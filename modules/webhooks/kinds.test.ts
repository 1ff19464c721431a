import type { Row } from "postgres";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { insertCampaign } from "../messaging/testing/insert_campaign.ts";
import {
  appId,
  createWebhookHarness,
  envelope,
  pageFacebookId,
  psid,
  type WebhookHarness,
} from "./testing.ts";
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
    "messaging.campaigns",
    "messaging.events",
    "messaging.comments",
    "messaging.reactions",
    "webhooks.raw_events",
    "jobs.jobs",
  );
  await on.database.sql`update messaging.pages set status = 'connected', status_reason = null,
    restricted_until = null, restrictions = '[]'`;
});

const start = Date.now() - 3_600_000;
const sides = { sender: { id: psid }, recipient: { id: pageFacebookId } };
const fromPage = { sender: { id: pageFacebookId }, recipient: { id: psid } };
const item = (body: object, after = 0) => ({ ...sides, timestamp: start + after, ...body });
const echo = (message: object, after = 0) => ({
  ...fromPage,
  timestamp: start + after,
  message: { is_echo: true, ...message },
});
const text = (mid: string, text: string, after = 0) => item({ message: { mid, text } }, after);
const time = (after: number) => new Date(start + after);

const rows = async (from: string) => await on.database.sql.unsafe(`select * from messaging.${from}`);
const one = async (from: string): Promise<Row> => {
  const found = await rows(from);
  expect(found).toHaveLength(1);
  return found[0] ?? {};
};
const date = (value: unknown) => (value === null ? null : new Date(String(value)));
async function states(): Promise<string[]> {
  const found = await on.database.sql`select state from webhooks.raw_events order by received_at, id`;
  return found.map((row) => String(row.state));
}

test("recordMessages() keeps the payload of a quick reply, the message of a reply and the name of a command", async () => {
  await on.send(
    item({ message: { mid: "m_qr1", text: "Red", quick_reply: { payload: "COLOR_RED" } } }),
    item(
      { message: { mid: "m_r1", text: "this one", reply_to: { mid: "m_orig", is_self_reply: false } } },
      1,
    ),
    item({ message: { mid: "m_c1", text: "/help", commands: [{ name: "help" }] } }, 2),
  );

  const found = await rows("messages order by sent_at");
  expect(found.map((row) => [row.text, row.content, row.reply_to_mid])).toEqual([
    ["Red", { quick_reply: { payload: "COLOR_RED" } }, null],
    ["this one", null, "m_orig"],
    ["/help", { commands: [{ name: "help" }] }, null],
  ]);
});

const url = "https://scontent.xx.fbcdn.net/v/x.jpg?oe=6171D4BF";
test.each([
  ["image", { url }, true],
  ["video", { url }, true],
  ["audio", { url }, true],
  ["file", { url }, true],
  ["sticker", { url, sticker_id: 369239263222822 }, true],
  ["reel", { url, title: "How we roast", reel_video_id: 123451234512345 }, false],
  ["ig_reel", { url: "/reel/123451234512345/", title: "x", reel_video_id: 1 }, false],
  ["post", { id: "104_122", url, title: "Weekend sale" }, false],
  ["ig_post", { id: "17900000000000000", url, title: "x" }, false],
  ["fallback", { url, title: "Example" }, false],
  ["appointment_booking", { booking_id: "778812", status: "requested", start_time: 1764064800 }, false],
  ["template", { product: { elements: [{ id: "12345678910", title: "Mug" }] } }, false],
  ["location", { coordinates: { lat: 52.3765533, long: 9.7389123 } }, false],
  ["unsupported_type", null, false],
])("recordMessages() stores a %s attachment with its message", async (type, payload, isFile) => {
  await on.send(item({ message: { mid: "m_a", attachments: [{ type, payload }] } }));

  const attachment = await one("attachments");
  expect(attachment).toMatchObject({
    type,
    position: 0,
    source_url: payload && "url" in payload ? payload.url : null,
    title: payload && "title" in payload ? payload.title : null,
    file_state: isFile ? "wanted" : "none",
  });
  const jobs = await on.database.sql`select key, payload from jobs.jobs where kind = 'attachment.copy'`;
  expect(jobs.map((row) => row.key)).toEqual(isFile ? [attachment.id] : []);
  const conversation = await one("conversations");
  expect(conversation.preview_text).toMatch(/^[A-Z]/);
});

test("recordMessages() stores one attachment for a legacy fallback with its link, and for a sticker sent twice", async () => {
  await on.send(
    item({
      message: {
        mid: "m_old",
        attachments: [{ type: "fallback", payload: null, title: "L", URL: "https://m.me/" }],
      },
    }),
    item({
      message: {
        mid: "m_stk",
        attachments: [
          { type: "image", payload: { url, sticker_id: 369239263222822 } },
          { type: "sticker", payload: { url, sticker_id: 369239263222822 } },
        ],
      },
    }),
  );

  const found = await rows("attachments order by type");
  expect(found.map((row) => [row.type, row.title, row.source_url])).toEqual([
    ["fallback", "L", "https://m.me/"],
    ["sticker", null, url],
  ]);
});

test("recordMessages() takes the contact's source from a message of an ad and opens the ad window", async () => {
  await on.send(
    item({
      message: {
        mid: "m_ad1",
        text: "How much?",
        referral: { ad_id: "6045246247433", source: "ADS", type: "OPEN_THREAD" },
      },
    }),
  );

  const contact = await one("contacts");
  expect(contact.source).toBe("ad");
  expect(date(contact.ad_window_until)).toEqual(time(7 * 86_400_000));
  expect(await one("events")).toMatchObject({ kind: "referral", conversation_id: contact.id });
});

test("recordMessages() keeps the window by the first message after an ad click, in any order", async () => {
  const click = item({ referral: { ad_id: "1", source: "ADS", type: "OPEN_THREAD" } }, 1_000);
  await on.send(text("m_2", "second", 9_000), text("m_0", "before", 0));
  await on.send(click);
  await on.send(text("m_1", "first", 5_000));

  const contact = await one("contacts");
  expect(date(contact.ad_window_until)).toEqual(time(5_000 + 7 * 86_400_000));
});

test("recordMessages() looks up an imported contact with its first message, for the image at least", async () => {
  const page = on.database
    .sql`select id, workspace_id from messaging.pages where facebook_id = ${pageFacebookId}`;
  const [{ id, workspace_id } = {}] = await page;
  await on.database
    .sql`insert into messaging.contacts (workspace_id, page_id, psid, first_name, name, source, profile_state, profile_at)
    values (${workspace_id}, ${id}, ${psid}, null, null, 'import', 'wanted', null),
           (${workspace_id}, ${id}, '77', 'Ada', 'Ada', 'import', 'given', null),
           (${workspace_id}, ${id}, '78', 'Bo', 'Bo', 'import', 'known', now())`;
  const lookedUp = async () =>
    (
      await on.database.sql`select c.psid from jobs.jobs j join messaging.contacts c on c.id::text = j.key
      where j.kind = 'contact.profile' order by c.psid`
    ).map((row) => row.psid);
  const by = (id: string) => ({ ...text(`m_${id}`, "Hi"), sender: { id } });
  await on.send(text("m_1", "Hi"), by("77"), by("78"));

  expect(await lookedUp()).toEqual([psid, "77"]);
  expect(date((await one(`contacts where psid = '${psid}'`)).first_inbound_at)).toEqual(time(0));
  await emptyTables(on.database.sql, "jobs.jobs");
  await on.send(text("m_3", "Still there?", 5));
  expect(await lookedUp()).toEqual([]);
  expect(date((await one(`contacts where psid = '${psid}'`)).first_inbound_at)).toEqual(time(0));
});

test("recordMessages() keeps the window of the first click for a message between two ad clicks, in any order", async () => {
  const click = (id: string, after: number) =>
    item({ referral: { ad_id: id, source: "ADS", type: "OPEN_THREAD" } }, after);
  await on.send(click("1", 1_000));
  await on.send(click("2", 9_000));
  await on.send(text("m_2", "second", 6_000));
  await on.send(text("m_1", "first", 5_000), text("m_0", "before", 0));

  expect(date((await one("contacts")).ad_window_until)).toEqual(time(5_000 + 7 * 86_400_000));

  await on.send(text("m_3", "after both", 10_000));
  expect(date((await one("contacts")).ad_window_until)).toEqual(time(10_000 + 7 * 86_400_000));
});

test("recordMessages() shows an echo of another app or of Business Suite as outbound and counts nothing unread", async () => {
  await on.send(
    text("m_in", "Hi"),
    echo({ app_id: 263902037430900, mid: "m_human1", text: "typed in Business Suite" }, 10),
    echo(
      {
        app_id: 1708188056130407,
        mid: "m_tpl1",
        attachments: [{ type: "template", payload: { template_type: "generic" } }],
      },
      20,
    ),
  );

  const found = await rows("messages order by sent_at");
  expect(found.map((row) => [row.direction, row.author_kind, row.kind, row.app_id])).toEqual([
    ["in", "contact", "message", null],
    ["out", "external", "message", "263902037430900"],
    ["out", "external", "template", "1708188056130407"],
  ]);
  expect(await one("conversations")).toMatchObject({ unread_count: 1, preview_direction: "out" });
  expect(date((await one("contacts")).last_inbound_at)).toEqual(time(0));
});

test.each([
  ["a person in Facebook's inbox", { app_id: 263902037430900 }, 15_000, 0],
  ["Facebook's inbox that names no app", {}, 15_000, 0],
  ["the page's instant reply", { app_id: 263902037430900 }, 2_000, 2],
  ["another program", { app_id: 1708188056130407 }, 15_000, 2],
  ["a person before the last message", { app_id: 263902037430900 }, 500, 2],
])("a reply by %s leaves as many unread messages as still wait here", async (_, app, after, unread) => {
  await on.send(text("m_1", "Hi"), text("m_2", "Are you there?", 1_000));

  await on.send(echo({ ...app, mid: "m_out", text: "Yes" }, after));

  expect(await one("conversations")).toMatchObject({ unread_count: unread });
});

async function queueReply(attemptId: string, state: string): Promise<string> {
  const contact = await one("contacts");
  const { sql } = on.database;
  const [content] = await sql`insert into messaging.contents (workspace_id, message)
    values (${on.workspaceId}, '{"text":"Yes"}') returning id`;
  const [message] =
    await sql`insert into messaging.messages (workspace_id, conversation_id, page_id, direction,
      author_kind, text, sent_at)
    values (${on.workspaceId}, ${contact.id}, ${on.pageId}, 'out', 'automation', 'Yes', now()) returning id`;
  const [delivery] = await sql<{ id: string }[]>`
    insert into messaging.deliveries (workspace_id, page_id, contact_id, psid, class, content_id, message_id,
      state, attempt_id)
    values (${on.workspaceId}, ${on.pageId}, ${contact.id}, ${psid}, 'reply', ${content?.id}, ${message?.id},
      ${state}, ${attemptId}) returning id`;
  return delivery?.id ?? "";
}

test.each(["sending", "unknown", "sent"])(
  "an echo of our message settles its delivery from %s and gives it its id",
  async (state) => {
    await on.send(text("m_in", "Is it there?"));
    const attemptId = crypto.randomUUID();
    const deliveryId = await queueReply(attemptId, state);

    const own = echo(
      { app_id: Number(appId), metadata: `${deliveryId}/${attemptId}`, mid: "m_own", text: "Yes" },
      500,
    );
    await on.send(own);
    await on.send(own);

    expect(await one("deliveries")).toMatchObject({ state: "sent" });
    const sent = await one("messages where direction = 'out'");
    expect(sent).toMatchObject({ mid: "m_own", author_kind: "automation" });
    expect(date(sent.sent_at)).toEqual(time(500));
  },
);

test("an edit changes text and preview, and the newest edit wins", async () => {
  await on.send(text("m_e", "one"));
  await on.send(item({ message_edit: { mid: "m_e", text: "three", num_edit: "2" } }, 30));
  await on.send(item({ message_edit: { mid: "m_e", text: "two", num_edit: 1 } }, 20));

  expect(await one("messages")).toMatchObject({ text: "three", edit_num: 2, is_partial: false });
  expect((await one("conversations")).preview_text).toBe("three");
});

test("a note in the preview stays when the message before it changes", async () => {
  await on.send(text("m_e", "one"));
  await on.database
    .sql`update messaging.conversations set preview_text = 'Call back at five', preview_direction = 'note'`;

  await on.send(item({ message_edit: { mid: "m_e", text: "two", num_edit: 1 } }, 20));
  const edited = await one("conversations");
  await on.send(item({ message: { mid: "m_e", is_deleted: true } }, 30));

  const note = { preview_text: "Call back at five", preview_direction: "note" };
  expect(edited).toMatchObject(note);
  expect(await one("conversations")).toMatchObject(note);
});

test("an edit and a deletion that come before their message wait for it", async () => {
  await on.send(
    item({ message_edit: { mid: "m_e", text: "two", num_edit: 1 } }, 20),
    item({ message: { mid: "m_d", is_deleted: true } }, 20),
  );
  await on.send(text("m_e", "one"), text("m_d", "secret", 1));

  const found = await rows("messages order by mid");
  expect(found.map((row) => [row.mid, row.text, row.is_partial, row.deleted_at !== null])).toEqual([
    ["m_d", null, false, true],
    ["m_e", "two", false, false],
  ]);
  expect(await one("conversations")).toMatchObject({ unread_count: 2, preview_text: null });
});

test("a deleted message of a contact is removed with its attachments", async () => {
  await on.send(
    item({ message: { mid: "m_d", text: "secret", attachments: [{ type: "image", payload: { url } }] } }),
  );
  await on.send(item({ message: { mid: "m_d", is_deleted: true } }, 5));

  expect(await one("messages")).toMatchObject({ text: null, content: null });
  expect(await rows("attachments")).toHaveLength(0);
  expect((await one("conversations")).preview_text).toBeNull();
});

test("a reaction opens the window; its removal leaves the row without emoji", async () => {
  await on.send(item({ reaction: { mid: "m_out1", action: "react", reaction: "love", emoji: "❤️" } }, 100));
  expect(await one("reactions")).toMatchObject({
    mid: "m_out1",
    actor: "contact",
    emoji: "❤️",
    reaction: "love",
  });
  expect(date((await one("contacts")).last_inbound_at)).toEqual(time(100));

  await on.send(item({ reaction: { mid: "m_out1", action: "unreact" } }, 109));
  expect(await one("reactions")).toMatchObject({ emoji: null });
});

test("postbacks are messages, with Meta's id or our own key, and set the source", async () => {
  const started = item(
    {
      postback: {
        title: "Get Started",
        payload: "GET_STARTED",
        referral: { ref: "flyer-7", source: "SHORTLINK", type: "OPEN_THREAD" },
      },
    },
    1,
  );
  await on.send(
    item({ postback: { mid: "m_pb1", title: "Track order", payload: '{"flow":"track"}' } }),
    started,
    started,
  );

  const found = await rows("messages order by sent_at");
  expect(found.map((row) => [row.kind, row.text, row.content.postback.payload])).toEqual([
    ["postback", "Track order", '{"flow":"track"}'],
    ["postback", "Get Started", "GET_STARTED"],
  ]);
  expect(await one("contacts")).toMatchObject({ source: "link" });
});

test("a guest of a website's chat creates no contact; the event is kept on the page", async () => {
  await on.send({
    sender: { user_ref: "guest-998877" },
    recipient: { id: pageFacebookId },
    timestamp: start,
    postback: { payload: "hey", title: "" },
  });

  expect(await rows("contacts")).toHaveLength(0);
  expect(await one("events")).toMatchObject({ kind: "postback", conversation_id: null });
});

test("opt-ins are stored and open no window; STOP NOTIFICATIONS and RESUME change consent", async () => {
  const optin = (status: object, after: number) =>
    item(
      {
        optin: {
          type: "notification_messages",
          payload: "weekly-deals",
          notification_messages_token: "74",
          ...status,
        },
      },
      after,
    );
  await on.send(optin({}, 0));
  expect(await one("contacts")).toMatchObject({ last_inbound_at: null, subscribed: true });

  await on.send(optin({ notification_messages_status: "STOP NOTIFICATIONS" }, 10));
  expect(await one("contacts")).toMatchObject({
    subscribed: false,
    subscription_reason: "Stopped notifications in Messenger: weekly-deals",
  });

  await on.send(optin({ notification_messages_status: "RESUME NOTIFICATIONS" }, 20));
  expect(await one("contacts")).toMatchObject({ subscribed: true });
  expect(await rows("events where kind = 'optin'")).toHaveLength(3);

  await on.send({
    recipient: { id: pageFacebookId },
    timestamp: start,
    optin: { ref: "checkout", user_ref: "cart-1" },
  });
  expect(await rows("events where conversation_id is null")).toHaveLength(1);
});

test.each([
  ["STOP", false],
  ["stop!", false],
  ["Désabonner", false],
  ["Hủy đăng ký", false],
  ["停止", false],
  ["start", true],
  ["please stop by tomorrow", null],
  ["đúng", null],
])("the text %s sets consent to %s", async (said, subscribed) => {
  await on.database.sql`update messaging.contacts set subscribed = true`;
  await on.send(text("m_s", said));

  const contact = await one("contacts");
  expect(contact.subscribed).toBe(subscribed ?? true);
  expect(contact.subscription_reason === null).toBe(subscribed === null);
  expect(contact.subscription_at === null).toBe(subscribed === null);
  const lines = await rows("events where kind = 'consent' and conversation_id is not null");
  expect(lines.map(({ data }) => data)).toEqual(subscribed === null ? [] : [{ subscribed, by: said }]);
});

test("a repeated STOP, once by standby, is one event in the timeline; its message stays a message", async () => {
  await on.send(text("m_s", "STOP"));
  await on.send(text("m_s", "STOP"));
  await on.post(envelope([text("m_s", "STOP")], "standby"));

  expect(await rows("events where kind = 'consent'")).toHaveLength(1);
  expect(await one("messages")).toMatchObject({ text: "STOP", mid: "m_s" });
});

test("an older STOP does not undo a newer START", async () => {
  await on.send(text("m_2", "START", 20));
  await on.send(text("m_1", "STOP", 10));

  expect(await one("contacts")).toMatchObject({ subscribed: true });
});

test("a click on an ad opens the window only with the next message, and then looks up the name", async () => {
  await on.send(item({ referral: { ad_id: "1", source: "ADS", type: "OPEN_THREAD" } }, 40));
  expect(await one("contacts")).toMatchObject({ source: "ad", last_inbound_at: null });
  // Meta returns no profile before the first message; after an hour we stop asking.
  await on.database.sql`update messaging.contacts set profile_state = 'withheld'`;
  await on.database.sql`delete from jobs.jobs`;

  await on.send(text("m_after", "How much?", 9_000));

  expect(date((await one("contacts")).last_inbound_at)).toEqual(time(9_000));
  expect(await on.database.sql`select kind from jobs.jobs`).toEqual([{ kind: "contact.profile" }]);
});

test("a referral into the conversation opens the window; one with a lead form does not", async () => {
  await on.send(item({ referral: { ref: "qr-table-12", source: "SHORTLINK", type: "OPEN_THREAD" } }, 40));
  expect(date((await one("contacts")).last_inbound_at)).toEqual(time(40));

  await on.send({
    ...sides,
    timestamp: Math.floor((start + 60_000) / 1_000),
    referral: { source: "ADS", ad_id: "1", type: "LEAD_COMPLETE" },
    lead: { data: [{ question: "City?", answer: "Hanoi" }] },
  });
  expect(await one("contacts")).toMatchObject({ ad_window_until: null, source: "link" });
  expect(date((await one("contacts")).last_inbound_at)).toEqual(time(40));
  const lead = await one("events where data ? 'lead'");
  expect(Math.abs(Number(date(lead.at)) - start - 60_000)).toBeLessThan(1_000);
});

test("receipts are watermarks that only grow; a read message also counts as delivered", async () => {
  await on.send(text("m_in", "Hi"));
  await on.send(item({ read: { watermark: start + 500 } }, 600));
  await on.send({ ...sides, delivery: { watermark: start + 300 } });
  await on.send({ ...sides, timestamp: 0, delivery: { mids: ["m_x"], watermark: start + 400 } });

  const conversation = await one("conversations");
  expect(date(conversation.read_until)).toEqual(time(500));
  expect(date(conversation.delivered_until)).toEqual(time(500));
  expect(date((await one("contacts")).last_inbound_at)).toEqual(time(0));
});

test("a receipt that names a message reaches it even if its watermark does not", async () => {
  await on.send(echo({ mid: "m_out", text: "Hello" }, 1_000));
  await on.send(item({ delivery: { mids: ["m_out"], watermark: start + 900 } }, 1_100));

  expect(date((await one("conversations")).delivered_until)).toEqual(time(1_000));
});

test("handovers set thread control, and the newest one counts", async () => {
  const handover = (kind: string, owner: string | null, after: number) =>
    item({ [kind]: { previous_owner_app_id: null, new_owner_app_id: owner, metadata: "x" } }, after);
  await on.send(handover("take_thread_control", "263902037430900", 10));
  expect(await one("conversations")).toMatchObject({
    control: "other",
    controlled_by_app: "263902037430900",
  });

  await on.send(handover("pass_thread_control", appId, 20));
  await on.send(handover("pass_thread_control", "999", 15));
  expect(await one("conversations")).toMatchObject({ control: "ours", controlled_by_app: null });

  await on.send(handover("pass_thread_control", null, 25));
  expect(await one("conversations")).toMatchObject({ control: "idle", controlled_by_app: null });

  await on.send(item({ request_thread_control: { requested_owner_app_id: 263902037430900 } }, 30), {
    recipient: { id: pageFacebookId },
    timestamp: start,
    app_roles: { [appId]: ["primary_receiver"] },
  });
  const kinds = await rows("events where kind in ('request_thread_control', 'app_roles')");
  expect(kinds).toHaveLength(2);
});

test("standby messages appear in the conversation and set control to the other app until a message comes to us", async () => {
  const answer = await on.post(
    envelope([text("m_sb1", "hello?", 10), item({ postback: { title: "Talk to human" } }, 11)], "standby"),
  );
  expect(answer.status).toBe(200);
  expect(await rows("messages")).toHaveLength(2);
  expect(await one("conversations")).toMatchObject({ control: "other", held_at: null });

  await on.send(text("m_after", "hello you", 50));
  expect(date((await one("conversations")).held_at)).toEqual(time(50));
});

test.each(["policy_enforcement", "policy-enforcement"])(
  "%s restricts the page, and lifts it again",
  async (key) => {
    const policy = (body: object, after: number) => ({
      recipient: { id: pageFacebookId },
      timestamp: start + after,
      [key]: body,
    });
    await on.send(policy({ action: "block", reason: "Spam" }, 0));
    expect(await one("pages")).toMatchObject({
      status: "restricted",
      status_reason: "Meta blocked the page: Spam",
    });

    await on.send(policy({ action: "unblock" }, 60));
    await on.send(policy({ action: "block", reason: "Late" }, 30));
    expect(await one("pages")).toMatchObject({ status: "connected", status_reason: null });
  },
);

test.each([
  ["policy_enforcement", { policy_enforcement: { action: "warning", reason: "Spam" } }, "Spam"],
  ["business_integrity", { status: "warning", violations: [{}] }, "integrity"],
])(
  "a warning by %s pauses campaign sending of the page once, and delays no reply",
  async (_, body, reason) => {
    await on.send(text("m_w1", "Hello"));
    const { id: pageId, workspace_id: workspaceId } = await one("pages");
    const campaignId = await insertCampaign(on.database, [{ pageId, workspaceId }]);
    const warning = { recipient: { id: pageFacebookId }, timestamp: start, ...body };
    await on.send(warning);
    const paused = await one("campaigns");
    await on.database
      .sql`update messaging.campaigns set status = 'running', paused_from = null, untold = null`;
    await on.send(warning);

    expect(await one("pages")).toMatchObject({ status: "connected", status_reason: null });
    expect(paused).toMatchObject({
      id: campaignId,
      status: "paused",
      paused_from: "running",
      untold: "paused",
      status_reason: expect.stringMatching(new RegExp(`^Paused by itself: Meta warned .*${reason}`)),
    });
    expect(await one("campaigns")).toMatchObject({ status: "running" });
  },
);

const seconds = (after: number) => Math.floor((start + after) / 1_000);
const later = Math.floor(Date.now() / 1_000) + 7 * 24 * 3_600;
const limit = (feature: string, more: object = {}) => ({ feature, status: "RESTRICTED", ...more });

test.each([
  [
    "an end",
    [limit("page_messaging_api", { expiration_time: later })],
    `${new Date(later * 1_000).toISOString().slice(0, 19).replace("T", " ")}+00`,
  ],
  ["no end", [limit("page_messaging")], "infinity"],
  [
    "several ends",
    [limit("page_messaging"), limit("page_messaging_api", { expiration_time: later })],
    "infinity",
  ],
])("business_integrity with %s stops sending until then", async (_, restrictions, until) => {
  await on.send({ timestamp: seconds(0), status: "restricted", violations: [], restrictions });

  expect(await one("pages")).toMatchObject({
    status: "restricted",
    status_reason: expect.stringContaining("Support Inbox"),
    restricted_until: until,
    restrictions: restrictions.map(({ feature }) => expect.objectContaining({ feature })),
  });
  const event = await one("events");
  expect([event.kind, date(event.at)]).toEqual(["business_integrity", new Date(seconds(0) * 1_000)]);
});

test("restrictions beside an entry's list count, also with the status ok", async () => {
  const item = { timestamp: seconds(0), status: "ok", violations: [], action_events: [] };
  const entry = {
    id: pageFacebookId,
    time: start,
    restrictions: [limit("page_messaging_api")],
    messaging: [item],
  };
  await on.post({ object: "page", entry: [entry] });

  expect(await one("pages")).toMatchObject({
    status: "restricted",
    restricted_until: "infinity",
  });
  expect(await states()).toEqual(["stored"]);
});

test("a restriction of another feature, an expired one and a lifted one stop no message", async () => {
  const restrictions = [
    limit("page_publish"),
    limit("page_messaging", { expiration_time: seconds(0) }),
    { feature: "page_messaging_api", status: "UNRESTRICTED" },
  ];
  await on.send({ timestamp: seconds(0), status: "restricted", violations: [{}], restrictions });

  expect(await one("pages")).toMatchObject({
    status: "connected",
    restrictions: [expect.objectContaining({ feature: "page_publish", until: null })],
  });
});

test("suspended stops everything and ok lifts it, in any order of arrival", async () => {
  await on.send({ timestamp: seconds(0), status: "suspended", violations: [{}], restrictions: [] });
  const suspended = await one("pages");
  await on.send({ timestamp: seconds(60_000), status: "ok", violations: [], restrictions: [] });
  await on.send({ timestamp: seconds(30_000), status: "suspended", violations: [{}], restrictions: [] });

  expect(suspended).toMatchObject({ status: "restricted", restricted_until: "infinity" });
  expect(await one("pages")).toMatchObject({ status: "connected", restricted_until: null, restrictions: [] });
});

test.each([
  ["account_linking", { status: "linked", authorization_code: "CODE" }],
  ["messaging_feedback", { feedback_screens: [{ screen_id: 0 }] }],
  ["response_feedback", { feedback: "Good response", mid: "m_out1" }],
  ["order", { products: [{ id: "123", quantity: 2 }], note: "gift" }],
  ["messaging_customer_information", { screens: [] }],
  ["game_play", { game_id: "1" }],
  ["something_new", { a: 1 }],
])("%s is one event in the timeline", async (kind, body) => {
  await on.send(item({ [kind]: body }), item({ [kind]: body }));

  const contact = await one("contacts");
  const event = await one("events");
  expect(event).toMatchObject({ kind, conversation_id: contact.id });
  expect(event.data).toEqual(body);
  expect(contact.last_inbound_at).toBeNull();
});

test("feed comments have their current text, in any order of their changes", async () => {
  const seconds = Math.floor(start / 1_000);
  const change = (body: object, at: number) => ({
    object: "page",
    entry: [
      {
        id: pageFacebookId,
        time: seconds + at,
        changes: [{ field: "feed", value: { item: "comment", post_id: "P_1", comment_id: "1_2", ...body } }],
      },
    ],
  });
  const add = {
    verb: "add",
    from: { id: "77", name: "Test Person" },
    message: "How much?",
    created_time: seconds,
    parent_id: "P_1",
  };
  await on.post(
    change(
      { verb: "edited", message: "How much now?", edited_time: seconds + 50, created_time: seconds },
      50,
    ),
  );
  await on.post(change(add, 0));
  expect(await one("comments")).toMatchObject({
    comment_id: "1_2",
    from_name: "Test Person",
    text: "How much now?",
    removed_at: null,
    hidden: false,
  });

  await on.post(change({ verb: "hide", created_time: seconds }, 60));
  expect(await one("comments")).toMatchObject({ hidden: true, text: "How much now?" });
  await on.post(change({ verb: "remove" }, 70));
  expect((await one("comments")).removed_at).not.toBeNull();
});

test.each([
  ["feed:reaction", "feed", { item: "reaction", reaction_type: "love", verb: "add", comment_id: "1_2" }],
  ["mention", "mention", { post_id: "1", item: "post", verb: "add", created_time: 1614340562 }],
  ["leadgen", "leadgen", { ad_id: 0, leadgen_id: 1636129430026801, created_time: 1485964825 }],
  [
    "message_template_status_update",
    "message_template_status_update",
    { message_template_id: "1", message_template_status: "APPROVED" },
  ],
  ["foo", "foo", { item: "bar" }],
])("a change %s is an event of the page and not a comment", async (kind, field, value) => {
  const body = {
    object: "page",
    entry: [{ id: pageFacebookId, time: 1_763_972_400, changes: [{ field, value }] }],
  };
  expect((await on.post(body)).status).toBe(200);
  expect((await on.post(body)).status).toBe(200);

  expect(await one("events")).toMatchObject({ conversation_id: null });
  expect(await rows("comments")).toHaveLength(0);
  const raw = await on.database.sql`select kind, state from webhooks.raw_events`;
  expect(raw).toEqual([
    expect.objectContaining({ kind, state: "stored" }),
    expect.objectContaining({ kind, state: "stored" }),
  ]);
});

test("labels, paid messages and calls are events in the contact's timeline", async () => {
  await on.post({
    object: "page",
    entry: [
      {
        id: pageFacebookId,
        time: 1_763_972_400_000,
        changes: [
          {
            field: "inbox_labels",
            value: { user: { id: psid }, action: "add", label: { id: "1", page_label_name: "VIP" } },
          },
          {
            field: "marketing_message_deliveries",
            recipient_id: psid,
            page_id: pageFacebookId,
            timestamp: 1_763_972_500_000,
            mid: "m_mm1",
          },
        ],
        calls: [{ ...sides, timestamp: start, event: "connect" }],
      },
    ],
  });

  const contact = await one("contacts");
  const found = await rows("events order by kind");
  expect(found.map((row) => [row.kind, row.conversation_id])).toEqual([
    ["call", contact.id],
    ["inbox_labels", contact.id],
    ["marketing_message_deliveries", contact.id],
  ]);
});

test("an inbound message reopens a resolved and a snoozed conversation, an echo does not", async () => {
  await on.send(text("m_1", "Hi"));
  await on.database.sql`update messaging.conversations set status = 'resolved', unread_count = 0`;
  await on.send(echo({ mid: "m_o", text: "bye" }, 5));
  expect(await one("conversations")).toMatchObject({ status: "resolved", unread_count: 0 });
  await on.send(text("m_2", "one more thing", 10));
  expect(await one("conversations")).toMatchObject({ status: "open", unread_count: 1 });

  await on.database
    .sql`update messaging.conversations set status = 'snoozed', snoozed_until = now() + interval '1 day'`;
  await on.send(text("m_2", "one more thing", 10));
  expect(await one("conversations")).toMatchObject({ status: "snoozed" });
  await on.send(text("m_3", "hello?", 20));
  expect(await one("conversations")).toMatchObject({ status: "open", snoozed_until: null });
});

test("an inbound message makes an unreachable contact reachable, an older one does not", async () => {
  await on.send(text("m_1", "Hi", 0));
  await on.database
    .sql`update messaging.contacts set unreachable_at = ${time(100).toISOString()}, unreachable_reason = '551'`;
  await on.send(text("m_late", "before", 50));
  expect(await one("contacts")).toMatchObject({ unreachable_reason: "551" });
  await on.send(text("m_2", "back", 200));
  expect(await one("contacts")).toMatchObject({ unreachable_at: null, unreachable_reason: null });
});

test("times: seconds, texts, zero, missing and the far future", async () => {
  await on.send(
    { ...sides, timestamp: Math.floor(start / 1_000), message: { mid: "m_s", text: "seconds" } },
    { ...sides, timestamp: String(start), message: { mid: "m_t", text: "text" } },
    { ...sides, timestamp: 0, message: { mid: "m_z", text: "zero" } },
    { ...sides, message: { mid: "m_m", text: "missing" } },
    { ...sides, timestamp: 4_102_444_800_000, message: { mid: "m_f", text: "future" } },
  );

  const found = await rows("messages order by mid");
  const hours = Object.fromEntries(
    found.map((row) => [row.text, Math.round((Date.now() - Number(date(row.sent_at))) / 3_600_000)]),
  );
  expect(hours).toEqual({ seconds: 1, text: 1, zero: 0, missing: 0, future: 0 });
});

test("events of an unknown or a disconnected page are kept as unrouted", async () => {
  expect((await on.post(envelope([text("m_1", "Hi")], "messaging", "999"))).status).toBe(200);
  await on.database.sql`update messaging.pages set status = 'disconnected'`;
  await on.send(text("m_2", "Hi"));

  expect(await states()).toEqual(["unrouted", "unrouted"]);
  expect(await rows("contacts")).toHaveLength(0);
});

test("events of other Meta products, empty bodies and unknown lists are kept", async () => {
  for (const body of [
    { object: "instagram", entry: [{ id: "1", messaging: [text("m", "x")] }] },
    { object: "permissions", entry: [{ id: "0", changes: [{ field: "connected" }] }] },
    { object: "page", entry: [] },
    { object: "page" },
    { object: "page", entry: [{ id: pageFacebookId, brand_new: [{ a: 1 }] }] },
  ])
    expect((await on.post(body)).status).toBe(200);

  expect(await states()).toEqual(["kept", "kept", "kept", "kept", "kept"]);
  expect(await rows("contacts")).toHaveLength(0);
});
