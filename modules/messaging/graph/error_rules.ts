/** The effect of a Send API error on message, contact and page. */
export type GraphErrorClass =
  /** Meta could not do it just now: again later. */
  | "transient"
  /** It may have been sent: wait for the echo. */
  | "maybe_sent"
  | "throttled"
  | "unreachable"
  | "window_closed"
  | "token_dead"
  | "page_restricted"
  | "policy_block"
  /** Meta refuses every call of the app. */
  | "app_refused"
  | "human_agent_unavailable"
  | "not_thread_owner"
  | "permission"
  | "template"
  | "media"
  | "invalid";

/** The scope of an error: this message or contact, this page, or all pages. */
export type GraphErrorLevel = "message" | "page" | "app";

/** One row of the table: error codes, their class, and the text under the message. */
export interface GraphErrorRule {
  /** "any": the subcode alone decides, with any code or as the code itself. */
  codes: readonly number[] | "any";
  /** Absent: every subcode that no other row names. */
  subcodes?: readonly number[];
  /** Where Meta gives several errors one code and no subcode: only those whose message fits. Linear in its length. */
  words?: RegExp;
  class: GraphErrorClass;
  /** Absent: as its class says. */
  level?: GraphErrorLevel;
  /** Finds title and remedy in the reader's language. */
  name: string;
  title: string;
  remedy: string;
  /** Longer than the usual first pause before the next attempt. */
  retryAfterSeconds?: number;
  /** Attempts after the first one, where two are not enough. */
  retries?: number;
}

const reconnect = "Reconnect this page under Pages. Nothing is lost, and waiting messages go out then";
const waitForContact = "Wait until this person writes again, or use another channel";
const busy = "Nothing to do: the message goes out as soon as Meta allows";

/**
 * Meta's error codes, from the Messenger Platform's "Error codes" (June 2026), the Graph API's "Rate limiting", and
 * what production senders report. Classified by code and subcode, and by text only where Meta gives nothing else. More
 * special rows stand first.
 */
export const graphErrorRules: readonly GraphErrorRule[] = [
  {
    codes: [1],
    subcodes: [1357046],
    class: "maybe_sent",
    name: "unconfirmed",
    title: "Meta did not say whether it was sent",
    remedy: "Wait: MessageSender checks the conversation before it sends anything again",
  },
  {
    codes: "any",
    subcodes: [2018321],
    class: "transient",
    name: "questions-hold",
    title: "Meta's automated questions hold this conversation",
    remedy: "Nothing to do: MessageSender retries in five minutes",
    retryAfterSeconds: 300,
    retries: 3,
  },
  {
    codes: [2],
    subcodes: [2018344],
    class: "permission",
    name: "contact-terms",
    title: "The Page Contact Terms are not accepted",
    remedy: "Ask a page admin to accept them in the page's settings on Facebook",
  },
  {
    codes: [1, 2, 1200],
    class: "transient",
    name: "temporary",
    title: "Meta had a temporary failure",
    remedy: "Try again in a moment. If only this person fails, they may have blocked the page",
  },

  {
    codes: [4],
    subcodes: [2018354],
    class: "invalid",
    name: "too-recent",
    title: "This person received this kind of message too recently",
    remedy: "Send it later: Meta sets a minimum time between two",
  },
  {
    codes: [613],
    subcodes: [2018338],
    class: "policy_block",
    name: "bothersome",
    title: "Meta warns that people dislike this page's messages",
    remedy: "Sending pauses for a while. Send fewer messages, only to people who expect them",
  },
  {
    codes: [613],
    subcodes: [1893016],
    class: "invalid",
    name: "opt-in-too-often",
    title: "This person was asked for the same opt-in too often",
    remedy: "Do not ask again: the earlier answer counts",
  },
  {
    codes: [4, 17],
    class: "throttled",
    level: "app",
    name: "app-rate-limit",
    title: "Meta's rate limit for the whole app is reached",
    remedy: busy,
  },
  {
    codes: [32, 341, 429, 613, 80000, 80001, 80002, 80003, 80004, 80005, 80006, 80008],
    class: "throttled",
    name: "rate-limit",
    title: "Meta's rate limit is reached",
    remedy: busy,
  },

  {
    codes: [10],
    subcodes: [2018278, 2534022, 2018065],
    class: "window_closed",
    name: "window-closed",
    title: "Meta's messaging window is closed",
    remedy: waitForContact,
  },
  {
    codes: [9],
    subcodes: [2018352],
    class: "invalid",
    name: "opt-in-limit",
    title: "The limit of opt-in requests is reached",
    remedy: "Ask for opt-ins again later",
  },
  {
    codes: [10],
    subcodes: [2018108],
    class: "unreachable",
    name: "cannot-receive",
    title: "This person can't receive messages right now",
    remedy: waitForContact,
  },
  {
    codes: [10],
    subcodes: [1893063],
    class: "page_restricted",
    name: "page-restricted",
    title: "Meta restricts this page from sending for now",
    remedy: "Check the page's Support Inbox on Facebook. MessageSender retries waiting messages by itself",
  },
  {
    codes: [10],
    subcodes: [1893015],
    class: "unreachable",
    name: "notifications-stopped",
    title: "This person stopped these notifications",
    remedy: waitForContact,
  },
  {
    codes: [10],
    subcodes: [1404170],
    class: "permission",
    name: "opt-ins-restricted",
    title: "Meta restricts this page from asking for opt-ins",
    remedy: "Check the page's Support Inbox on Facebook",
  },
  {
    codes: "any",
    subcodes: [2534037, 2018300],
    class: "not_thread_owner",
    name: "other-app",
    title: "Another app controls this conversation",
    remedy:
      "Take over or request control in the conversation, answer in that app, or make MessageSender the default app under the page's advanced messaging settings",
  },
  {
    codes: "any",
    subcodes: [2018464],
    class: "not_thread_owner",
    name: "routing-off",
    title: "Conversation Routing is off for this page",
    remedy: "Request control instead, or turn Conversation Routing on in the page's settings on Facebook",
  },
  {
    codes: [3],
    class: "permission",
    level: "page",
    name: "capability-missing",
    title: "The Meta app lacks a required capability",
    remedy: "Add the Messenger use case to the app at developers.facebook.com, then check the page here",
  },
  {
    codes: [10],
    class: "permission",
    level: "page",
    name: "app-not-allowed",
    title: "The Meta app has no permission for this on the page",
    remedy:
      "Check the app's review and that page and app belong to the same business, then reconnect the page",
  },

  {
    codes: [100],
    words: /appsecret_proof/,
    class: "app_refused",
    name: "app-secret",
    title: "Facebook rejects the app's secret",
    remedy:
      "Compare FACEBOOK_APP_SECRET with the secret in the app's settings, and check the server's clock: it must be right within five minutes",
  },
  {
    codes: [100],
    subcodes: [2018001],
    class: "unreachable",
    name: "account-gone",
    title: "This person's account is gone, or belongs to another page",
    remedy: "This page can no longer reach this person",
  },
  {
    codes: [100],
    subcodes: [2534001],
    class: "unreachable",
    name: "conversation-deleted",
    title: "This person deleted or archived the conversation",
    remedy: waitForContact,
  },
  {
    codes: [100],
    subcodes: [2018276],
    class: "human_agent_unavailable",
    name: "human-agent-missing",
    title: "The Meta app is not approved for replies after 24 hours",
    remedy: "Request the Human Agent feature in the app review, or wait until this person writes again",
  },
  {
    codes: [100],
    subcodes: [1893061],
    class: "invalid",
    name: "tag-removed",
    title: "Meta removed this message tag",
    remedy: "Report this: MessageSender never sends this tag",
  },
  {
    codes: [100],
    subcodes: [2018008, 2018047, 2018074, 2018109, 2018294],
    class: "media",
    name: "file-refused",
    title: "Meta did not accept the file",
    remedy: "Check its type and size (25 MB, images by link 8 MB) and upload it again",
  },
  {
    codes: [36000],
    class: "media",
    name: "image-too-large",
    title: "The image is too large",
    remedy: "Make it smaller than 8 MB and send it again",
  },
  {
    codes: [100],
    subcodes: [1893029, 1893043, 2018416, 2388051],
    class: "template",
    name: "template-values",
    title: "The utility template and its values do not fit",
    remedy: "Compare the values with the template. They must not contain #, $, % or emoji",
  },
  {
    codes: [-1, 100],
    subcodes: [2018292, 2534023, 2534025],
    class: "invalid",
    name: "comment-refused",
    title: "This comment cannot be answered privately",
    remedy: "Reply publicly: it is older than seven days, deleted, or on another page",
  },
  {
    codes: [10900],
    class: "invalid",
    name: "comment-answered",
    title: "This comment already has its one private reply",
    remedy:
      "Wait until this person replies in Messenger. Someone may have replied on Facebook or in another app",
  },
  {
    codes: [10903],
    class: "invalid",
    name: "private-reply-refused",
    title: "This person cannot receive a private reply",
    remedy: "Reply publicly: Meta does not deliver messages to other pages and some accounts",
  },
  {
    codes: [10902],
    class: "invalid",
    name: "no-private-reply",
    title: "This cannot be answered privately",
    remedy: "Reply publicly",
  },
  {
    codes: [100],
    subcodes: [33],
    class: "invalid",
    name: "target-missing",
    title: "Meta does not find what the message refers to",
    remedy: "Reload the conversation; it may have been deleted on Facebook",
  },
  {
    codes: [100],
    class: "invalid",
    name: "message-refused",
    title: "Meta does not accept this message",
    remedy: "Change the text and send it again. If that does not help, report it with the trace id",
  },

  {
    codes: [190],
    subcodes: [458],
    class: "token_dead",
    name: "app-removed",
    title: "The app was removed from the Facebook account that connected this page",
    remedy: reconnect,
  },
  {
    codes: [190],
    subcodes: [459, 464],
    class: "token_dead",
    name: "account-unconfirmed",
    title: "Facebook requires the account that connected this page to be confirmed",
    remedy: "Log in to facebook.com with that account, follow its instructions, and reconnect the page here",
  },
  {
    codes: [190],
    subcodes: [460],
    class: "token_dead",
    name: "password-changed",
    title: "The Facebook account that connected this page has a new password",
    remedy: reconnect,
  },
  {
    codes: [190],
    subcodes: [463],
    class: "token_dead",
    name: "access-expired",
    title: "The access to this page has expired",
    remedy: reconnect,
  },
  {
    codes: [190],
    subcodes: [467, 492],
    class: "token_dead",
    name: "access-lost",
    title: "The Facebook account that connected this page lost its access to it",
    remedy: reconnect,
  },
  {
    codes: [102, 190],
    class: "token_dead",
    name: "access-refused",
    title: "Facebook no longer accepts the access to this page",
    remedy: reconnect,
  },

  {
    codes: [200],
    subcodes: [1545041],
    class: "unreachable",
    name: "unavailable",
    title: "This person isn't available right now",
    remedy: waitForContact,
  },
  {
    codes: [200],
    subcodes: [2018021],
    class: "invalid",
    name: "phone-matching",
    title: "Meta no longer reaches people by phone number",
    remedy: "Message people who have written to the page",
  },
  {
    codes: [200],
    class: "permission",
    level: "page",
    name: "access-level",
    title: "The Meta app is not approved to message the public",
    remedy:
      "Request Advanced Access to pages_messaging in the app review. Until then the app reaches only its own team",
  },
  {
    codes: [368],
    subcodes: [1346003],
    class: "invalid",
    name: "link-blocked",
    title: "Meta blocks a link or a text of this message",
    remedy: "Remove the link that people reported as abusive, and send it again",
  },
  {
    codes: [368],
    class: "policy_block",
    name: "policy-violation",
    title: "Meta blocks this page for a violation of its policies",
    remedy: "Check the page's Support Inbox on Facebook and resolve it there",
  },
  {
    codes: [551],
    class: "unreachable",
    name: "gone",
    title: "This person isn't available",
    remedy: `This person blocked the page or left Facebook. ${waitForContact}`,
  },
  {
    codes: [2022],
    class: "template",
    name: "commerce-off",
    title: "Meta turned off commerce messages for this page",
    remedy: "Check the page's Support Inbox on Facebook",
  },
  {
    codes: [1893047, 2300052],
    class: "unreachable",
    name: "marketing-refused",
    title: "This person cannot receive paid marketing messages now",
    remedy: waitForContact,
  },
  {
    codes: [803, 9000001],
    class: "invalid",
    name: "target-missing",
    title: "Meta does not find what the message refers to",
    remedy: "Reload the conversation; it may have been deleted on Facebook",
  },
  {
    codes: [10303],
    class: "invalid",
    name: "linking-ended",
    title: "The account linking has ended",
    remedy: "Start the account linking again",
  },
];

/** Errors without a row. */
export const unknownErrorRule: GraphErrorRule = {
  codes: "any",
  class: "invalid",
  name: "unknown",
  title: "Meta refused this message",
  remedy: "Send it again. If that does not help, report it with the trace id",
};
