import { afterAll, beforeAll, expect, test } from "vitest";
import { type AppWithMeta, openAppWithMeta } from "../../apps/server/testing/app_with_meta.ts";
import { until } from "../../modules/std/testing.ts";

let on: AppWithMeta;
let facebookId: string;
beforeAll(async () => {
  on = await openAppWithMeta();
  facebookId = (await on.connectNewPage()).facebookId;
});
afterAll(() => on.close());

interface Person {
  psid: string;
  conversationId: string;
}

/** An action on the phone about one marketing topic; returns after the server received it. */
async function act(
  { psid, conversationId }: Person,
  topic: string,
  status?: "STOP" | "RESUME",
): Promise<void> {
  const heard = async () => {
    const [row] = await on.database.sql<{ count: number }[]>`select count(*)::int4 from messaging.events
      where conversation_id = ${conversationId} and kind = 'optin'`;
    return row?.count ?? 0;
  };
  const before = await heard();
  await on.control("POST", `/persons/${psid}/optin`, {
    type: "notification_messages",
    payload: topic,
    notification_messages_token: `74345893410${topic.length}`,
    ...(status === undefined
      ? { title: topic }
      : { notification_messages_status: `${status} NOTIFICATIONS` }),
  });
  await until("the opt-in", async () => (await heard()) > before);
}

/** The contact's page, and audiences of subscribed contacts and of valid opt-ins. */
async function seen({ conversationId }: Person) {
  const { body } = await on.here("GET", `/contacts/${conversationId}`);
  const contact = Object(body.contact);
  const isIn = async (condition: object) => {
    const conditions = { match: "all", conditions: [condition] };
    const { body: counted } = await on.here("POST", "/segments/count", { conditions });
    return Number(counted.count) > 0;
  };
  return {
    subscribed: contact.subscribed,
    reason: contact.subscriptionReason,
    isInAudience: await isIn({ field: "consent", op: "subscribed" }),
    hasToken: await isIn({ field: "optInToken", op: "valid" }),
  };
}

test("the stop of one topic ends that opt-in and stops automations, until that topic is resumed", async () => {
  const person = await on.newWriter(facebookId);
  await act(person, "deals");
  expect(await seen(person)).toEqual({ subscribed: true, reason: null, isInAudience: true, hasToken: true });

  await act(person, "deals", "STOP");
  const stopped = {
    subscribed: false,
    reason: "Stopped notifications in Messenger: deals",
    isInAudience: false,
  };
  expect(await seen(person)).toEqual({ ...stopped, hasToken: false });

  await act(person, "arrivals");
  await act(person, "arrivals", "RESUME");
  expect(await seen(person)).toEqual({ ...stopped, hasToken: true });

  await act(person, "deals", "RESUME");
  expect(await seen(person)).toEqual({ subscribed: true, reason: null, isInAudience: true, hasToken: true });

  // An agent's opt-out survives all topics, also if a topic was stopped before.
  await act(person, "deals", "STOP");
  await on.here("PATCH", `/contacts/${person.conversationId}`, { subscribed: false });
  await act(person, "deals", "RESUME");
  expect(await seen(person)).toEqual({ ...stopped, hasToken: true });

  // An agent's opt-in renews consent after a stop of any topic.
  await act(person, "deals", "STOP");
  await on.here("PATCH", `/contacts/${person.conversationId}`, { subscribed: true });
  expect(await seen(person)).toMatchObject({ subscribed: true, isInAudience: true });
});
