import { type Static, Type } from "@sinclair/typebox";
import type { TransactionSql } from "postgres";
import { JobDelayed, type JobHandler } from "#db";
import { parse, Uuid } from "#std";
import { type ConsentRepliesRow, parseConsentReplies } from "../contacts/mod.ts";
import { type MessagingDeps, workspaceChannel } from "../deps.ts";
import { nameSeconds } from "../templates/mod.ts";
import { isWorkspaceOn } from "../workspaces/mod.ts";
import { writeAutoMessages } from "./write_auto_messages.ts";

const Payload = Type.Object({
  workspaceId: Uuid,
  contactId: Uuid,
  /** When the word was said, as Postgres writes times: what changed since is not confirmed. */
  at: Type.String({ maxLength: 40 }),
});

interface Confirmed extends ConsentRepliesRow {
  page_id: string;
  subscribed: boolean;
  /** In minutes: more words in one get one answer, which bounds two machines that answer each other. */
  minute: number;
  awaits_profile: boolean;
}

/** Tells a person in their language that they get no more automatic messages, or get them again. */
export function confirmConsentHandler(
  on: Pick<MessagingDeps, "sql" | "config" | "live" | "wakeDelivery">,
): JobHandler {
  return {
    async run(payload) {
      const parsed = parse(Payload, payload);
      if (!parsed.ok) throw new Error("Cannot confirm a consent: the job does not name a contact");
      const { value } = parsed;
      const { workspaceId, contactId } = value;
      const said = await on.sql.begin(async (tx) => await confirm(tx, value, on.config.appUrl));
      if (said.length === 0) return;
      on.wakeDelivery();
      await on.live.publish(workspaceChannel(workspaceId), [
        { name: "conversation", data: { conversationId: contactId } },
      ]);
    },
  };
}

async function confirm(
  tx: TransactionSql,
  { workspaceId, contactId, at }: Static<typeof Payload>,
  appUrl: string,
): Promise<string[]> {
  const [row] = await tx<Confirmed[]>`
    select c.page_id, c.subscribed, floor(extract(epoch from c.subscription_at) / 60)::float8 as minute,
      c.profile_state = 'wanted'
        and c.subscription_at > clock_timestamp() - make_interval(secs => ${nameSeconds}) as awaits_profile,
      r.stop_reply, r.stop_reply_translations, r.start_reply, r.start_reply_translations
    from messaging.contacts c join messaging.sending_rules r on r.workspace_id = c.workspace_id
    where c.workspace_id = ${workspaceId} and c.id = ${contactId} and c.blocked_at is null
      and c.subscription_at = ${at}::text::timestamptz
      and c.subscription_at > clock_timestamp() - interval '10 min'
      and not exists (select from messaging.suppressions s where s.page_id = c.page_id and s.psid = c.psid)
      and not exists (select from messaging.conversations v
        where v.workspace_id = c.workspace_id and v.id = c.id and v.page_id = c.page_id and v.status = 'spam')
      and ${isWorkspaceOn(tx, tx`c.workspace_id`)}`;
  if (!row) return [];
  const { stop, start, translations } = parseConsentReplies(row);
  const content = row.subscribed ? start : stop;
  if (content === null) return [];
  if (row.awaits_profile) throw new JobDelayed(1, "Meta has not told the person's language yet");
  return await writeAutoMessages(
    tx,
    { workspaceId, pageId: row.page_id },
    {
      content,
      translations: row.subscribed ? translations.start : translations.stop,
      contactIds: [contactId],
      key: `consent:${row.subscribed ? "start" : "stop"}:${row.minute}`,
      appUrl,
      confirmsConsent: true,
    },
  );
}
