import * as fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { appId, createWebhookHarness, pageFacebookId, psid, type WebhookHarness } from "./testing.ts";
import { emptyTables } from "../../db/testing.ts";

let on: WebhookHarness;
beforeAll(async () => {
  on = await createWebhookHarness();
});
afterAll(() => on.close());

const start = Date.now() - 86_400_000;
const sides = { sender: { id: psid }, recipient: { id: pageFacebookId } };

/** One action in a conversation with a unique time: Meta's clock has milliseconds. */
const action = fc.record({
  what: fc.constantFrom(
    "text",
    "text",
    "stop",
    "start",
    "image",
    "echo",
    "answer",
    "edit",
    "unsend",
    "react",
    "unreact",
    "delivered",
    "read",
    "referral",
    "ad",
    "pass",
    "take",
    "optin",
    "postback",
    "order",
  ),
  mid: fc.integer({ min: 1, max: 4 }),
});

function itemOf({ what, mid }: { what: string; mid: number }, index: number): object {
  // People reply some seconds later: some of these come before and some after the messages.
  const timestamp = start + index * 4_000;
  const item = (body: object) => ({ ...sides, timestamp, ...body });
  const own = `m_${index}`;
  // A message has one fixed time and content; edits, deletions and reactions are about the first four.
  const about = `m_${mid}`;
  switch (what) {
    case "text":
      return item({ message: { mid: own, text: `text ${index}` } });
    case "stop":
    case "start":
      return item({ message: { mid: own, text: what } });
    case "image":
      return item({
        message: {
          mid: own,
          attachments: [{ type: "image", payload: { url: "https://x.fbcdn.net/a.jpg" } }],
        },
      });
    case "echo":
    case "answer":
      return {
        sender: sides.recipient,
        recipient: sides.sender,
        timestamp,
        // Another program, or a person in Facebook's inbox.
        message: {
          is_echo: true,
          app_id: what === "echo" ? 9 : 263902037430900,
          mid: own,
          text: `echo ${index}`,
        },
      };
    case "edit":
      return item({ message_edit: { mid: about, text: `edit ${index}`, num_edit: index } });
    case "unsend":
      return item({ message: { mid: about, is_deleted: true } });
    case "react":
      return item({ reaction: { mid: about, action: "react", emoji: "❤️", reaction: "love" } });
    case "unreact":
      return item({ reaction: { mid: about, action: "unreact" } });
    case "delivered":
      return item({ delivery: { watermark: timestamp - 500 } });
    case "read":
      return item({ read: { watermark: timestamp - 500 } });
    case "referral":
      return item({ referral: { ref: `r${index}`, source: "SHORTLINK", type: "OPEN_THREAD" } });
    case "ad":
      return item({ referral: { ad_id: `${index}`, source: "ADS", type: "OPEN_THREAD" } });
    case "pass":
      return item({ pass_thread_control: { new_owner_app_id: appId } });
    case "take":
      return item({ take_thread_control: { new_owner_app_id: `26390${mid}` } });
    case "optin":
      return item({
        optin: {
          type: "notification_messages",
          notification_messages_status: index % 2 ? "STOP NOTIFICATIONS" : "RESUME NOTIFICATIONS",
        },
      });
    case "postback":
      return item({ postback: { title: "Menu", payload: `P${index}` } });
    default:
      return item({ order: { note: `${index}` } });
  }
}

/** Everything visible in the conversation, without our ids and times. */
async function finalRows(): Promise<unknown> {
  const { sql } = on.database;
  const contact =
    await sql`select psid, source, source_detail, subscribed, subscription_reason, subscription_at,
    last_inbound_at, first_inbound_at, ad_clicked_at, ad_window_until, unreachable_at from messaging.contacts`;
  const conversation =
    await sql`select status, unread_count, last_message_at, preview_text, preview_direction,
    delivered_until, read_until, control, controlled_by_app, controlled_at, held_at from messaging.conversations`;
  const messages =
    await sql`select mid, direction, kind, author_kind, app_id, text, content, edit_num, edited_at,
    deleted_at, is_partial, sent_at, (select count(*)::int from messaging.attachments a where a.message_id = m.id) as files
    from messaging.messages m order by mid`;
  const reactions = await sql`select mid, actor, emoji, at from messaging.reactions order by mid, actor`;
  const events = await sql`select kind, key, data, at from messaging.events order by key`;
  return { contact, conversation, messages, reactions, events };
}

async function play(posts: readonly (readonly object[])[]): Promise<unknown> {
  await emptyTables(
    on.database.sql,
    "messaging.contacts",
    "messaging.events",
    "messaging.reactions",
    "webhooks.raw_events",
    "jobs.jobs",
  );
  for (const items of posts) if (items.length > 0) await on.send(...items);
  const { rows } = { rows: await finalRows() };
  const [bad] = await on.database.sql`select state, error from webhooks.raw_events where state <> 'stored'`;
  expect(bad).toBeUndefined();
  return rows;
}

test("recordInbound() writes the same rows for any order, grouping and repetition of a conversation's events", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(action, { minLength: 2, maxLength: 14 }).chain((actions) => {
        const items = actions.map((one, index) => ({ items: itemOf(one, index + 1) }));
        const all = items.map(({ items }) => items);
        return fc.record({
          all: fc.constant(all),
          shuffled: fc.shuffledSubarray(all, { minLength: all.length, maxLength: all.length }),
          again: fc.shuffledSubarray(all),
          cuts: fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 14, maxLength: 14 }),
        });
      }),
      async ({ all, shuffled, again, cuts }) => {
        const inOrder = await play(all.map((one) => [one]));

        const stream = [...shuffled, ...again];
        const posts: object[][] = [];
        for (let i = 0, cut = 0; i < stream.length; cut += 1) {
          const size = cuts[cut % cuts.length] ?? 1;
          posts.push(stream.slice(i, i + size));
          i += size;
        }
        expect(await play(posts)).toEqual(inOrder);
      },
    ),
    { numRuns: Number(process.env.FC_RUNS ?? 40) },
  );
}, 120_000);
