import { appName } from "../inbound/mod.ts";
import type { EventRow } from "./timeline_rows.ts";

/** What a sentence about an event may need besides who did what. */
interface Context extends Pick<EventRow, "toName"> {
  /** The person on the other side. */
  contactName: string;
  /** Our app at Meta. */
  ownAppId: string;
}

type Data = Readonly<Record<string, unknown>>;
type Sentence = (data: Data, who: string, context: Context) => string;

const statusSentences: Readonly<Record<string, (who: string, data: Data) => string>> = {
  open: (who, data) => {
    if (data.from === "spam") return `${who} moved the conversation out of spam`;
    return data.from === "snoozed" && who === system
      ? "Back from snooze"
      : `${who} reopened the conversation`;
  },
  pending: (who) => `${who} set the conversation to pending`,
  spam: (who) => `${who} moved the conversation to spam`,
  resolved: (who) => `${who} resolved the conversation`,
  snoozed: (who, data) => `${who} snoozed the conversation${untilOf(data)}`,
};

/** Who acted when no person of ours did. */
const system = "MessageSender";

const sentences: Readonly<Record<string, Sentence>> = {
  status: (data, who) => statusSentences[textOf(data.to)]?.(who, data) ?? `${who} changed the status`,
  assignment: (data, who, { toName }) => {
    if (textOf(data.to) === "") return `${who} unassigned the conversation`;
    const name = toName ?? "somebody who left";
    return name === who ? `${who} took the conversation` : `${who} assigned the conversation to ${name}`;
  },
  referral: (data, _who, { contactName }) => `${contactName} came back through ${referralOf(data)}`,
  optin: (data, _who, { contactName }) => {
    const status = textOf(data.notification_messages_status);
    const what = textOf(data.title) || textOf(data.ref) || textOf(data.payload);
    const topic = what ? `: ${what}` : "";
    if (status === "STOP NOTIFICATIONS") return `${contactName} stopped marketing messages${topic}`;
    if (status === "RESUME NOTIFICATIONS") return `${contactName} wants marketing messages again${topic}`;
    return what ? `${contactName} opted in: ${what}` : `${contactName} opted in`;
  },
  consent: (data, who, { contactName }) => {
    const did = data.subscribed === false ? "unsubscribed" : "subscribed";
    const words = textOf(data.by);
    return words ? `${contactName} ${did} by “${words}”` : `${who} ${did} ${contactName}${reasonOf(data)}`;
  },
  block: (data, who, { contactName }) =>
    `${who} ${data.blocked === false ? "unblocked" : "blocked"} ${contactName}`,
  facebook_block: (data, _who, { contactName }) =>
    textOf(data.error) ||
    (data.blocked === false
      ? `${contactName} is no longer blocked on Facebook`
      : `${contactName} is also blocked on Facebook`),
  facebook_spam: (data) =>
    textOf(data.error) ||
    "The conversation is in spam on Facebook too. There, only a person can move it back",
  optout: (_data, _who, { contactName }) => `${contactName} opted out in Messenger`,
  pass_thread_control: (data, _who, { ownAppId }) => handover(data, "passed to", ownAppId),
  take_thread_control: (data, _who, { ownAppId }) => handover(data, "taken by", ownAppId),
  thread_control: (data, who) => {
    const app = textOf(data.app);
    const from = app ? ` from ${appName(app)}` : "";
    if (data.action === "take") return `${who} took over the conversation${from}`;
    if (data.action === "request") return `${who} requested control of the conversation${from}`;
    return `${who} handed the conversation back`;
  },
  request_thread_control: () => "Another app asked for this conversation",
  app_roles: () => "The page's apps changed their roles",
  policy_enforcement: (data) => {
    const action = textOf(data.action);
    if (action === "unblock") return "Meta lifted its block of the page";
    return `Meta ${action === "block" ? "blocked" : "warned"} the page${reasonOf(data)}`;
  },
  business_integrity: (data) => `Meta says about the page: ${textOf(data.status) || "news"}`,
  account_linking: (data, _who, { contactName }) =>
    data.status === "unlinked"
      ? `${contactName} unlinked their account`
      : `${contactName} linked their account`,
  messaging_feedback: (_data, _who, { contactName }) => `${contactName} answered a feedback form`,
  response_feedback: (data, _who, { contactName }) => {
    const feedback = textOf(data.feedback).toLowerCase();
    return feedback ? `${contactName} rated an answer: ${feedback}` : `${contactName} rated an answer`;
  },
  order: (_data, _who, { contactName }) => `${contactName} placed an order`,
  messaging_customer_information: (_data, _who, { contactName }) => `${contactName} filled in a form`,
};

/** One plain English sentence about an event. Names an unknown kind instead of hiding it. */
export function eventText(
  { kind, actorUserId, actorName, toName }: Pick<EventRow, "kind" | "actorUserId" | "actorName" | "toName">,
  { data, contactName, ownAppId }: { data: Data } & Pick<Context, "contactName" | "ownAppId">,
): string {
  const who = actorUserId === null ? system : (actorName ?? "Somebody who left");
  return (
    sentences[kind]?.(data, who, { toName, contactName, ownAppId }) ??
    `Event from Meta: ${kind.replaceAll("_", " ")}`
  );
}

export function dataOf(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : {};
}

function textOf(value: unknown): string {
  if (typeof value === "string") return value.trim().slice(0, 200);
  return typeof value === "number" ? String(value) : "";
}

function untilOf(data: Data): string {
  const until = textOf(data.until);
  // As it is: only the reader's screen knows their zone.
  return until ? ` until ${until}` : "";
}

function reasonOf(data: Data): string {
  const reason = textOf(data.reason);
  return reason ? `: ${reason}` : "";
}

function referralOf(data: Data): string {
  const ref = textOf(data.ref);
  const named = ref ? ` (${ref})` : "";
  const ads = dataOf(data.ads_context_data);
  switch (textOf(data.source).toUpperCase()) {
    case "ADS":
      return `an ad${textOf(ads.ad_title) ? ` (${textOf(ads.ad_title)})` : named}`;
    case "SHORTLINK":
      return `an m.me link${named}`;
    case "MESSENGER_CODE":
      return `a Messenger code${named}`;
    case "CUSTOMER_CHAT_PLUGIN":
      return `the chat on a website${named}`;
    case "DISCOVER_TAB":
      return "the Discover tab";
    default:
      return `a link${named}`;
  }
}

function handover(data: Data, verb: string, ownAppId: string): string {
  const app = textOf(data.new_owner_app_id);
  return app
    ? `Conversation ${verb} ${app === ownAppId ? system : appName(app)}`
    : "No app holds the conversation any more";
}
