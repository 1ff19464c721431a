import { sealOptInTokens } from "#messaging/inbound";
import type { Keyring } from "#std";
import type { WebhookEvent } from "./payload.ts";

/** Seals opt-in tokens in what is kept of events, raw and in its place. Their keys are made of the text as it came. */
export function sealTokens(keyring: Keyring, events: readonly WebhookEvent[]): void {
  for (const event of events) {
    event.body = sealOptInTokens(keyring, event.pageFacebookId, event.body);
    for (const inbound of event.inbound)
      if (inbound.type === "notice")
        inbound.data = sealOptInTokens(keyring, event.pageFacebookId, inbound.data);
  }
}
