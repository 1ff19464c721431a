import { sealOptInTokens } from "#messaging/inbound";
import type { Keyring } from "#std";
import type { WebhookEvent } from "./payload.ts";

/** Seals opt-in tokens in stored events, raw and processed. Their keys derive from the original text. */
export function sealTokens(keyring: Keyring, events: readonly WebhookEvent[]): void {
  for (const event of events) {
    event.body = sealOptInTokens(keyring, event.pageFacebookId, event.body);
    for (const inbound of event.inbound)
      if (inbound.type === "notice")
        inbound.data = sealOptInTokens(keyring, event.pageFacebookId, inbound.data);
  }
}
