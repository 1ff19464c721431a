import type { Keyring } from "#std";
import { GraphError, networkError, sendMessage, lostKeyReason, openPageToken } from "../graph/mod.ts";
import { writeAttempt } from "./attempt.ts";
import type { Flight, Outcome } from "./flight.ts";
import type { DeliveryDeps, DeliverySettings } from "./settings.ts";

/** Sends one message to Meta; never throws. */
export function createSender(
  { graph, keyring }: Pick<DeliveryDeps, "graph" | "keyring">,
  { sendTimeoutMs }: Pick<DeliverySettings, "sendTimeoutMs">,
): (flight: Flight) => Promise<Outcome> {
  const openToken = createTokenOpener(keyring);

  return async function send(flight) {
    let token: string;
    try {
      token = openToken(flight);
    } catch (cause) {
      const facts = {
        phase: "not-sent",
        status: null,
        // Not a word of Meta's.
        code: null,
        subcode: null,
        class: "token_dead",
      } as const;
      return { kind: "error", error: new GraphError({ ...facts, message: lostKeyReason, cause }) };
    }
    try {
      const answer = await sendMessage(graph, {
        pageFacebookId: flight.pageFacebookId,
        token,
        psid: flight.psid,
        commentId: flight.commentId,
        messagingType: flight.messagingType,
        tag: flight.tag,
        message: withMetadata(flight),
        timeoutMs: sendTimeoutMs,
      });
      return { kind: "sent", mid: answer.mid, recipientId: answer.recipientId, usage: answer.usage };
    } catch (error) {
      return { kind: "error", error: error instanceof GraphError ? error : networkError(error) };
    }
  };
}

/** Opens each page's token once, and not with each message. */
function createTokenOpener(keyring: Keyring): (flight: Flight) => string {
  const opened = new Map<string, { sealed: string; token: string }>();
  return ({ pageFacebookId, tokenSealed }) => {
    const known = opened.get(pageFacebookId);
    if (known?.sealed === tokenSealed) return known.token;
    const token = openPageToken(keyring, pageFacebookId, tokenSealed);
    opened.set(pageFacebookId, { sealed: tokenSealed, token });
    return token;
  };
}

/** The attempt returns in the echo. Omits the quotation where Meta would refuse it: after 24 hours. */
function withMetadata(flight: Flight): Record<string, unknown> {
  const metadata = writeAttempt({ id: flight.attemptId, deliveryId: flight.deliveryId });
  if (flight.message.reply_to === undefined || flight.route === "standard")
    return { ...flight.message, metadata };
  const { reply_to: _, ...message } = flight.message;
  return { ...message, metadata };
}
