import { recognize, type Sentence, wordsOf } from "#std";
import { appName } from "../inbound/mod.ts";
import { say } from "./event_sentences.ts";
import type { EventRow } from "./timeline_rows.ts";

/** Values of a sentence about an event, besides actor and action. */
interface Context extends Pick<EventRow, "toName"> {
  /** The person on the other side. */
  contact: string;
  /** Our app at Meta. */
  ownAppId: string;
}

type Data = Readonly<Record<string, unknown>>;
type Telling = (data: Data, who: string, context: Context) => Sentence;

const statuses: Readonly<Record<string, (who: string, data: Data) => Sentence>> = {
  open: (who, data) => {
    if (data.from === "spam") return say("event-out-of-spam", { who });
    return data.from === "snoozed" && who === system ? say("event-woken") : say("event-reopened", { who });
  },
  pending: (who) => say("event-pending", { who }),
  spam: (who) => say("event-spam", { who }),
  resolved: (who) => say("event-resolved", { who }),
  snoozed: (who, data) => {
    // As it is: only the reader's screen knows their zone.
    const until = textOf(data.until);
    return until ? say("event-snoozed-until", { who, until }) : say("event-snoozed", { who });
  },
};

/** The actor of an event without a member. */
const system = "MessageSender";

const tellings: Readonly<Record<string, Telling>> = {
  status: (data, who) => statuses[textOf(data.to)]?.(who, data) ?? say("event-status", { who }),
  assignment: (data, who, { toName }) => {
    if (textOf(data.to) === "") return say("event-unassigned", { who });
    if (toName === null) return say("event-assigned-gone", { who });
    return toName === who ? say("event-taken", { who }) : say("event-assigned", { who, name: toName });
  },
  referral: (data, _who, { contact }) => cameBack(data, contact),
  optin: (data, _who, { contact }) => {
    const status = textOf(data.notification_messages_status);
    const topic = textOf(data.title) || textOf(data.ref) || textOf(data.payload);
    if (status === "STOP NOTIFICATIONS")
      return topic
        ? say("event-topic-stopped", { contact, topic })
        : say("event-topics-stopped", { contact });
    if (status === "RESUME NOTIFICATIONS")
      return topic
        ? say("event-topic-resumed", { contact, topic })
        : say("event-topics-resumed", { contact });
    return topic ? say("event-opt-in-to", { contact, topic }) : say("event-opt-in", { contact });
  },
  consent: (data, who, { contact }) => {
    const isEnded = data.subscribed === false;
    const words = textOf(data.by);
    if (words)
      return isEnded
        ? say("event-unsubscribed-by", { contact, words })
        : say("event-subscribed-by", { contact, words });
    const reason = textOf(data.reason);
    if (reason)
      return isEnded
        ? say("event-unsubscribed-since", { who, contact, reason })
        : say("event-subscribed-since", { who, contact, reason });
    return isEnded ? say("event-unsubscribed", { who, contact }) : say("event-subscribed", { who, contact });
  },
  block: (data, who, { contact }) =>
    data.blocked === false
      ? say("event-unblocked", { who, contact })
      : say("event-blocked", { who, contact }),
  facebook_block: (data, _who, { contact }) =>
    failed(data) ??
    (data.blocked === false
      ? say("event-facebook-unblocked", { contact })
      : say("event-facebook-blocked", { contact })),
  facebook_spam: (data) => failed(data) ?? say("event-facebook-spam"),
  optout: (_data, _who, { contact }) => say("event-opt-out", { contact }),
  pass_thread_control: (data, _who, { ownAppId }) => handover(data, "event-passed", ownAppId),
  take_thread_control: (data, _who, { ownAppId }) => handover(data, "event-app-took", ownAppId),
  thread_control: (data, who) => {
    const from = textOf(data.app) && appName(textOf(data.app));
    if (data.action === "take")
      return from ? say("event-took-over-from", { who, app: from }) : say("event-took-over", { who });
    if (data.action === "request")
      return from ? say("event-requested-from", { who, app: from }) : say("event-requested", { who });
    return say("event-released", { who });
  },
  request_thread_control: () => say("event-app-requested"),
  app_roles: () => say("event-app-roles"),
  policy_enforcement: (data) => {
    const action = textOf(data.action);
    if (action === "unblock") return say("event-page-unblocked");
    const reason = textOf(data.reason);
    if (action === "block")
      return reason ? say("event-page-blocked-since", { reason }) : say("event-page-blocked");
    return reason ? say("event-page-warned-since", { reason }) : say("event-page-warned");
  },
  business_integrity: (data) => {
    const status = textOf(data.status);
    return status ? say("event-integrity", { status }) : say("event-integrity-news");
  },
  account_linking: (data, _who, { contact }) =>
    data.status === "unlinked" ? say("event-unlinked", { contact }) : say("event-linked", { contact }),
  messaging_feedback: (_data, _who, { contact }) => say("event-feedback", { contact }),
  response_feedback: (data, _who, { contact }) => {
    const feedback = textOf(data.feedback).toLowerCase();
    return feedback ? say("event-rated-as", { contact, feedback }) : say("event-rated", { contact });
  },
  order: (_data, _who, { contact }) => say("event-order", { contact }),
  messaging_customer_information: (_data, _who, { contact }) => say("event-form", { contact }),
};

/** One plain English sentence about an event. Names an unknown kind instead of hiding it. */
export function eventText(
  { kind, actorUserId, actorName, toName }: Pick<EventRow, "kind" | "actorUserId" | "actorName" | "toName">,
  { data, contactName, ownAppId }: { data: Data; contactName: string; ownAppId: string },
): { text: string; words: ReturnType<typeof wordsOf> } {
  const who = actorUserId === null ? system : (actorName ?? "A former member");
  const sentence =
    tellings[kind]?.(data, who, { toName, contact: contactName, ownAppId }) ??
    say("event-other", { kind: kind.replaceAll("_", " ") });
  return { text: sentence.text, words: wordsOf(sentence) };
}

export function dataOf(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : {};
}

function textOf(value: unknown): string {
  if (typeof value === "string") return value.trim().slice(0, 200);
  return typeof value === "number" ? String(value) : "";
}

/** Why an action at Facebook failed: a sentence of ours, or one of an earlier version. */
function failed(data: Data): Sentence | null {
  const text = textOf(data.error);
  if (text === "") return null;
  const { code, params } = recognize(text) ?? { code: "event-failed", params: { error: text } };
  return { code, params, text };
}

function cameBack(data: Data, contact: string): Sentence {
  const ref = textOf(data.ref);
  const from = sources[textOf(data.source).toUpperCase()] ?? "link";
  const name = (from === "ad" && textOf(dataOf(data.ads_context_data).ad_title)) || ref;
  return name && from !== "discover"
    ? say("event-came-back-by", { contact, from, name })
    : say("event-came-back", { contact, from });
}

const sources: Readonly<Record<string, string>> = {
  ADS: "ad",
  SHORTLINK: "m-me",
  MESSENGER_CODE: "code",
  CUSTOMER_CHAT_PLUGIN: "website",
  DISCOVER_TAB: "discover",
};

function handover(data: Data, code: "event-passed" | "event-app-took", ownAppId: string): Sentence {
  const app = textOf(data.new_owner_app_id);
  return app ? say(code, { app: app === ownAppId ? system : appName(app) }) : say("event-no-app");
}
