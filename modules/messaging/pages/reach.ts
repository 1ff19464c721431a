import type { PageRow } from "./page_store.ts";
import type { Page } from "./schema.ts";
import { type Sentence, wordsOf } from "#std";
import { say } from "./health_sentences.ts";

type Reach = Page["health"]["reach"];

/** A refused message says something of the app as it was then. */
const refusalMs = 7 * 24 * 3_600_000;

/** Whether people without a role on the app are heard, as far as Meta reveals it. */
export function reachCheck(row: PageRow, now: number): Reach {
  if (row.status === "disconnected") return told("unknown", say("check-disconnected"));
  if (row.strangersRefusedAt !== null && now - row.strangersRefusedAt < refusalMs) {
    return told("failed", say("reach-refused"));
  }
  if (row.unheardAt !== null && row.unheardAt > (row.lastEventAt ?? 0)) {
    return told("warning", say("reach-missed", { day: dayOf(row.unheardAt) }));
  }
  return told("unknown", say("reach-unknown"));
}

const told = (state: Reach["state"], sentence: Sentence): Reach => ({
  state,
  text: sentence.text,
  words: wordsOf(sentence),
});

const dayOf = (ms: number) => new Date(ms).toISOString().slice(0, 10);
