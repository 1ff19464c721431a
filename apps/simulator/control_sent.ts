import { asRecord, asText, type Json, type JsonRecord } from "./json.ts";
import type { Sim } from "./sim.ts";
import type { Message } from "./state.ts";

/** The ledger: what reached Meta, in order. `after` skips so many entries; `limit` is 1,000 unless said. */
export function listSent(sim: Sim, query: URLSearchParams): JsonRecord {
  const wanted = { pageId: query.get("pageId"), psid: query.get("psid"), metadata: query.get("metadata") };
  const limit = Number(query.get("limit") ?? 1000);
  const fitting = sim.state.ledger.filter(
    (message) =>
      (wanted.pageId ?? message.pageId) === message.pageId &&
      (wanted.psid ?? message.psid) === message.psid &&
      (wanted.metadata ?? message.metadata) === message.metadata,
  );
  const start = Number(query.get("after") ?? 0);
  return { total: fitting.length, messages: fitting.slice(start, start + limit).map(sentRecord) };
}

/** One line of the ledger. */
function sentRecord(message: Message): JsonRecord {
  const rendered = asRecord(message.content.rendered);
  return {
    mid: message.mid,
    pageId: message.pageId,
    psid: message.psid,
    metadata: message.metadata,
    messagingType: message.messagingType,
    tag: message.tag,
    text: asText(message.content.text) ?? asText(rendered?.body),
    message: message.content,
    at: message.at,
  };
}

/** Counts over the ledger, for tests that ask for "exactly once" and for the pace. */
export function sentStats(sim: Sim): JsonRecord {
  const byPage: Record<string, number> = {};
  const metadata = new Set<string>();
  const repeated = new Set<string>();
  const persons = new Set<string>();
  for (const message of sim.state.ledger) {
    byPage[message.pageId] = (byPage[message.pageId] ?? 0) + 1;
    persons.add(message.psid);
    if (message.metadata === undefined) continue;
    if (metadata.has(message.metadata)) repeated.add(message.metadata);
    metadata.add(message.metadata);
  }
  const repeatedMetadata: Json[] = [...repeated].slice(0, 100);
  return {
    total: sim.state.ledger.length,
    byPage,
    persons: persons.size,
    repeatedMetadata,
    peakPerSecond: peaks(timesOf(sim.state.ledger)),
    arrivedPerSecond: peaks(sim.arrivals),
  };
}

function timesOf(ledger: Message[]): Map<string, number[]> {
  const times = new Map<string, number[]>();
  for (const message of ledger) {
    const list = times.get(message.pageId) ?? [];
    list.push(message.at);
    times.set(message.pageId, list);
  }
  return times;
}

/** The fullest rolling second of each page. */
function peaks(times: ReadonlyMap<string, number[]>): Record<string, number> {
  const result: Record<string, number> = {};
  for (const [pageId, list] of times) {
    let start = 0;
    let peak = 0;
    for (const [end, at] of list.entries()) {
      while (at - (list[start] ?? at) >= 1000) start += 1;
      peak = Math.max(peak, end - start + 1);
    }
    result[pageId] = peak;
  }
  return result;
}
