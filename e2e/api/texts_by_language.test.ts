import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { type AppWithMeta, openAppWithMeta } from "../../apps/server/testing/app_with_meta.ts";
import { until } from "../../modules/std/testing.ts";

let on: AppWithMeta;
let facebookId: string;
let pageId: string;
beforeAll(async () => {
  on = await openAppWithMeta();
});
afterAll(() => on.close());
beforeEach(async () => {
  ({ facebookId, pageId } = await on.connectNewPage());
});

const nobodyIsThere = { timezone: "UTC", mon: [], tue: [], wed: [], thu: [], fri: [], sat: [], sun: [] };

/** A new contact with this locale writes; returns their PSID. */
async function write(locale: string | null, text: string): Promise<string> {
  const profile = locale === null ? { profile: "name_only" } : { locale };
  const { psid } = await on.control("POST", "/persons", { pageId: facebookId, ...profile, text });
  return String(psid);
}

/** The page's messages to a contact, after this many. */
async function said(psid: string, count = 1): Promise<unknown[]> {
  return await until(`${count} messages to ${psid}`, async () => {
    const sent = await on.sent(psid);
    return sent.length >= count ? sent.map(({ message }) => message?.text) : undefined;
  });
}

test("a message outside business hours gets a reply in the contact's language, others in the page's", async () => {
  const { status, body } = await on.here("PUT", `/pages/${pageId}/auto-replies`, {
    welcome: null,
    away: { text: "We are back at nine" },
    businessHours: nobodyIsThere,
    translations: {
      welcome: {},
      away: { es: { text: "{{first_name}}, volvemos a las nueve" }, "pt-BR": { text: "Voltamos às nove" } },
    },
  });
  const people = await Promise.all(
    ["es_LA", "pt_BR", "pt_PT", "de_DE", null].map(async (locale) => await write(locale, "Hello?")),
  );

  const answers = await Promise.all(people.map(async (psid) => await said(psid)));

  expect({ status, body }).toMatchObject({ status: 200 });
  expect(answers).toEqual([
    [expect.stringMatching(/^\S+, volvemos a las nueve$/)],
    ["Voltamos às nove"],
    ["We are back at nine"],
    ["We are back at nine"],
    ["We are back at nine"],
  ]);
});

test("translations survive a client without them, require a default, and are each checked by place", async () => {
  const path = `/pages/${pageId}/auto-replies`;
  const welcome = { text: "Welcome" };
  const put = async (body: object) =>
    await on.here("PUT", path, { welcome, away: null, businessHours: null, ...body });
  const stored = async () => (await on.here("GET", path)).body.replies;

  await put({ translations: { welcome: { ar: { text: "أهلا" } }, away: {} } });
  await put({ welcome: { text: "Hi" } });
  const kept = await stored();
  const refused = await Promise.all([
    put({ welcome: null, translations: { welcome: { ar: { text: "أهلا" } }, away: {} } }),
    put({ translations: { welcome: { es: { text: "{{nickname}}" } }, away: {} } }),
    put({ translations: { welcome: { Spanish: { text: "Hola" } }, away: {} } }),
  ]);
  await put({ welcome: null });

  expect(kept).toMatchObject({
    welcome: { text: "Hi" },
    translations: { welcome: { ar: { text: "أهلا" } }, away: {} },
  });
  expect(refused).toMatchObject([
    { status: 422, body: { code: "default-missing" } },
    { status: 422, body: { code: "content-invalid", errors: [{ path: "/translations/welcome/es/text" }] } },
    { status: 422, body: { code: "invalid-request" } },
  ]);
  expect(await stored()).toMatchObject({ welcome: null, translations: { welcome: {}, away: {} } });
});

test("the database refuses unknown languages, translations without a default, and more than thirty", async () => {
  const { sql } = on.database;
  const languages = Array.from(
    { length: 31 },
    (_, index) => `a${String.fromCharCode(97 + (index % 26))}${index < 26 ? "" : "x"}`,
  );
  const many = Object.fromEntries(languages.map((tag) => [tag, { text: "Hi" }]));
  const store = (welcome: object | null, translations: unknown) => sql`
    insert into messaging.auto_replies (workspace_id, page_id, welcome, welcome_translations)
    values (${on.workspaceId}, ${pageId}, ${welcome && JSON.stringify(welcome)}::jsonb, ${JSON.stringify(translations)}::jsonb)`;
  const text = { text: "Hi" };

  for (const [welcome, translations] of [
    [null, { es: text }],
    [text, { Spanish: text }],
    [text, { es: "Hola" }],
    [text, [text]],
    [text, many],
  ] as const)
    await expect(store(welcome, translations)).rejects.toThrow("auto_replies_welcome");
  await store(text, Object.fromEntries(Object.entries(many).slice(0, 30)));
});

test("STOP and START are confirmed in the contact's language, once each, although they opted out", async () => {
  const rules = {
    timezone: "UTC",
    cap: null,
    quietHours: null,
    stopWords: [],
    startWords: [],
    consentReplies: {
      stop: { text: "You get no more messages" },
      start: { text: "Welcome back" },
      translations: {
        stop: { ar: { text: "لن تصلك رسائل أخرى" }, es: { text: "No recibirás más mensajes" } },
        start: { ar: { text: "أهلا بعودتك" } },
      },
    },
  };
  const { status } = await on.here("PUT", "/sending-rules", rules);
  const { consentReplies: _, ...ofOldClient } = rules;
  const kept = await on.here("PUT", "/sending-rules", ofOldClient);
  const arabic = await write("ar_AR", "إلغاء الاشتراك");
  const spanish = await write("es_MX", "¡Baja!");
  const unknown = await write(null, "STOP");

  const first = await Promise.all([arabic, spanish, unknown].map(async (psid) => await said(psid)));
  await on.control("POST", `/persons/${arabic}/write`, { text: "ابدأ" });
  await on.control("POST", `/persons/${spanish}/write`, { text: "start" });
  const second = await Promise.all([arabic, spanish].map(async (psid) => await said(psid, 2)));

  expect(status).toBe(200);
  expect(kept.body).toMatchObject({ rules });
  expect(first).toEqual([
    ["لن تصلك رسائل أخرى"],
    ["No recibirás más mensajes"],
    ["You get no more messages"],
  ]);
  expect(second.map((texts) => texts[1])).toEqual(["أهلا بعودتك", "Welcome back"]);
  const states = await on.database.sql`
    select c.psid, c.subscribed from messaging.contacts c where c.psid = any(${[arabic, spanish, unknown]})
      and c.subscribed`;
  expect(states.map((row) => row.psid).toSorted()).toEqual([arabic, spanish].toSorted());
});

test("an opt-out without a recent message is not confirmed", async () => {
  const anHourAgo = Date.now() - 3_600_000;
  const { psid: late } = await on.control("POST", "/persons", { pageId: facebookId });
  await on.control("POST", `/persons/${String(late)}/write`, { text: "STOP", at: anHourAgo });
  const { psid: byColleague, conversationId } = await on.newWriter(facebookId);
  await on.here("PATCH", `/contacts/${conversationId}`, { subscribed: false });
  await until("both to be unsubscribed", async () => {
    const rows = await on.database.sql`select from messaging.contacts
      where psid = any(${[String(late), byColleague]}) and not subscribed`;
    return rows.length === 2;
  });

  // Later events get a reply: by then the others were skipped.
  const after = await write(null, "STOP");
  await said(after);

  expect([await on.sent(String(late)), await on.sent(byColleague)]).toEqual([[], []]);
});
