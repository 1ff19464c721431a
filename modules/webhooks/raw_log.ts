import type { Alongside } from "#messaging";
import { textArray } from "#messaging";
import type { WebhookEvent } from "./payload.ts";

const columns = ["page", "kind", "state", "body", "error"] as const;

// Whether a page is connected here is known in the statement that writes the events, and nowhere before.
const text = (first: number) => `
  insert into webhooks.raw_events (page_facebook_id, kind, state, body, error)
  select r.page, r.kind, case when page.id is null and r.state = 'stored'
    then 'unrouted' else r.state end, r.body, r.error
  from unnest(${columns.map((_, i) => `$${first + i}::text[]`).join(", ")}) as r(${columns.join(", ")})
  left join page on page.facebook_id = r.page`;

/** The raw log of a batch, written by the statement that writes what its events mean. */
export function rawLog(events: readonly WebhookEvent[]): Alongside {
  return {
    text,
    values: [
      textArray(events.map((event) => event.pageFacebookId)),
      textArray(events.map((event) => event.kind)),
      textArray(events.map((event) => event.state)),
      textArray(events.map((event) => event.body)),
      textArray(events.map((event) => event.error)),
    ],
  };
}

const replayText = (first: number) => `
  update webhooks.raw_events as r
  set replayed_at = now(), error = $${first + 3},
    state = case when $${first + 2} = 'stored' and not exists (select from page) then 'unrouted' else $${first + 2} end
  where r.received_at = $${first}::timestamptz and r.id = $${first + 1}::uuid`;

/** What came of a replayed event, in the row that it has already. */
export function replayedLog(
  key: { id: string; receivedAt: string },
  outcome: Pick<WebhookEvent, "state" | "error"> | undefined,
): Alongside {
  return {
    text: replayText,
    values: [key.receivedAt, key.id, outcome?.state ?? "kept", outcome?.error ?? null],
  };
}
