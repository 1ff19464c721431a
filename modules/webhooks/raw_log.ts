import type { CallersLog } from "#messaging/inbound";
import type { WebhookEvent } from "./payload.ts";

// Only the statement that writes the events knows whether a page is connected.
const write = `
  insert into webhooks.raw_events (page_facebook_id, kind, state, body, error)
  select logged.page, logged.kind, case when page.id is null and logged.state = 'stored'
    then 'unrouted' else logged.state end, logged.body, logged.error
  from logged
  left join page on page.facebook_id = logged.page`;

/** The raw log of a batch, written by the statement that writes the events' meaning. */
export function rawLog(events: readonly WebhookEvent[]): CallersLog {
  return {
    write,
    columns: {
      page: events.map((event) => event.pageFacebookId),
      kind: events.map((event) => event.kind),
      state: events.map((event) => event.state),
      body: events.map((event) => event.body),
      error: events.map((event) => event.error),
    },
  };
}

const writeReplayed = `
  update webhooks.raw_events as r
  set replayed_at = now(), error = logged.error,
    state = case when logged.state = 'stored' and not exists (select from page) then 'unrouted' else logged.state end
  from logged
  where r.received_at = logged.received_at::timestamptz and r.id = logged.id::uuid`;

/** Updates the row of a replayed event with its result. */
export function replayedLog(
  key: { id: string; receivedAt: string },
  outcome: Pick<WebhookEvent, "state" | "error"> | undefined,
): CallersLog {
  return {
    write: writeReplayed,
    columns: {
      received_at: [key.receivedAt],
      id: [key.id],
      state: [outcome?.state ?? "kept"],
      error: [outcome?.error ?? null],
    },
  };
}
