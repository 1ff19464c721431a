import type { Database } from "#db";
import { type OwnWords, ownWordsOf, readOwnConsentWords } from "#messaging/inbound";
import { type Clock, log } from "#std";
import { IngestUnavailable } from "./ingest.ts";

/** By Facebook page id; only pages whose workspace has custom keywords. */
export type OwnWordsByPage = ReadonlyMap<string, OwnWords>;

/** Changes take effect after this time in all processes. */
const freshMs = 5_000;

/** The words of all workspaces as they are now. */
export async function readOwnWords(on: Pick<Database, "sql">): Promise<OwnWordsByPage> {
  const rows = await readOwnConsentWords(on);
  return new Map(rows.map(({ pageFacebookId, ...words }) => [pageFacebookId, ownWordsOf(words)]));
}

export interface OwnWordsCache {
  /** As they were at most five seconds ago; rejects with IngestUnavailable while they could never be read. */
  current(): Promise<OwnWordsByPage>;
}

/**
 * Caches the keywords in this process: one small read every five seconds under traffic. After a failure the old ones
 * stay.
 */
export function cacheOwnWords(on: Pick<Database, "sql"> & { clock: Clock }): OwnWordsCache {
  let held: OwnWordsByPage | null = null;
  let readAt = 0;
  let reading: Promise<OwnWordsByPage> | null = null;

  function read(): Promise<OwnWordsByPage> {
    reading ??= readOwnWords(on)
      .then((words) => {
        held = words;
        readAt = on.clock();
        return words;
      })
      .finally(() => {
        reading = null;
      });
    return reading;
  }

  return {
    async current() {
      if (held !== null && on.clock() - readAt <= freshMs) return held;
      try {
        return await read();
      } catch (cause) {
        if (held === null) throw new IngestUnavailable("Cannot read the words that end consent", { cause });
        log.warn("Cannot read the words that end consent anew", { error: cause });
        return held;
      }
    },
  };
}
