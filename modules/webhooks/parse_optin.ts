import type { ConsentChange, InboundNotice } from "#messaging/inbound";
import { sha256Hex } from "#std";
import { type Item, notice } from "./item.ts";
import { type JsonObject, textAt } from "./json.ts";

/** An opt-in to marketing messages of a topic, or the end or renewal of one. It opens no window. */
export function optin(it: Item, value: JsonObject): InboundNotice {
  const { byToken, byPayload } = topicOf(it, value);
  // An audience finds the stop of this event's topic by it: its token is sealed.
  const data = byToken === null ? value : { ...value, topic_key: byToken };
  return notice(it, "optin", data, { consent: consentOf(value, { byToken, byPayload }) });
}

interface Topic {
  byToken: string | null;
  byPayload: string;
}

/**
 * A topic is identified by its token: the payload is the page's own text and may repeat. Eight digits distinguish the
 * few topics of a person and do not reveal the token.
 */
function topicOf({ pageFacebookId, psid }: Item, value: JsonObject): Topic {
  const token = textAt(value, "notification_messages_token");
  return {
    byToken: token === null ? null : `token:${sha256Hex(`${pageFacebookId} ${psid} ${token}`).slice(0, 8)}`,
    byPayload: `payload:${sha256Hex(textAt(value, "payload") ?? "").slice(0, 16)}`,
  };
}

function consentOf(value: JsonObject, { byToken, byPayload }: Topic): ConsentChange | null {
  const name = textAt(value, "title", 80) ?? textAt(value, "payload", 80);
  const ofTopic = name === null ? "" : `: ${name}`;
  switch (textAt(value, "notification_messages_status")) {
    case "STOP NOTIFICATIONS":
      return {
        subscribed: false,
        reason: `Stopped notifications in Messenger${ofTopic}`,
        topics: [byToken ?? byPayload],
      };
    case "RESUME NOTIFICATIONS":
      return {
        subscribed: true,
        reason: `Resumed notifications in Messenger${ofTopic}`,
        // Also a stop without a token.
        topics: byToken === null ? [byPayload] : [byToken, byPayload],
      };
    default:
      return null;
  }
}
