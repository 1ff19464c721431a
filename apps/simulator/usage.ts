import { GraphError } from "./graph_error.ts";
import type { Sim } from "./sim.ts";
import type { Page, State } from "./state.ts";

/** The usage headers of a call, in the shape captured from Meta. `minutes` 0 means "not stated". */
function usageHeaders(pageId: string, use: { percent: number; minutes: number }): Record<string, string> {
  const { percent, minutes } = use;
  const reading = {
    type: "messenger",
    call_count: percent,
    total_cputime: Math.min(percent, 25),
    total_time: Math.min(percent, 25),
    estimated_time_to_regain_access: minutes,
  };
  return {
    "X-Business-Use-Case-Usage": JSON.stringify({ [pageId]: [reading] }),
    "X-App-Usage": appUsage(Math.min(percent, 28)),
  };
}

function appUsage(percent: number): string {
  return JSON.stringify({ call_count: percent, total_time: 5, total_cputime: 5 });
}

/** Counts a send call against the page's limits, throws Meta's throttling errors, and returns the headers of its use. */
export function takeSendCall(sim: Sim, page: Page, isMedia: boolean): Record<string, string> | undefined {
  const { limits, usage } = sim.switches;
  const isFree = isMedia
    ? sim.limiter.take(`media ${page.id}`, limits.mediaPerSecond, 1000)
    : sim.limiter.take(`text ${page.id}`, limits.textPerSecond, 1000);
  if (!isFree) {
    throw new GraphError(613, "(#613) Calls to this api have exceeded the rate limit.", {
      headers: usageHeaders(page.id, { percent: 100, minutes: 0 }),
    });
  }
  const percent =
    limits.callsPerEngagedPerson === null ? 0 : dailyUse(sim, page.id, limits.callsPerEngagedPerson);
  if (percent > 100) {
    throw new GraphError(
      80006,
      "(#80006) There have been too many calls to this messenger account. Wait a bit and try again.",
      { headers: usageHeaders(page.id, { percent: 100, minutes: 60 }) },
    );
  }
  if (usage?.isOfApp) return { "X-App-Usage": appUsage(usage.percent) };
  if (usage !== null) return usageHeaders(page.id, usage);
  // Meta leaves the header out while the use is next to nothing.
  return percent < 1 ? undefined : usageHeaders(page.id, { percent: Math.floor(percent), minutes: 0 });
}

/** Counts a call and returns the page's use of its calls of 24 h, in percent. */
function dailyUse(sim: Sim, pageId: string, callsPerPerson: number): number {
  const budget = callsPerPerson * countPersons(sim.state, pageId);
  const count = sim.limiter.countDaily(pageId);
  return budget === 0 ? Number.POSITIVE_INFINITY : (count / budget) * 100;
}

const counted = new WeakMap<State["persons"], { size: number; byPage: Map<string, number> }>();

/** Persons per page, counted anew only when their number has changed: sends ask for it thousands of times a second. */
function countPersons(state: State, pageId: string): number {
  let counts = counted.get(state.persons);
  if (counts === undefined || counts.size !== state.persons.size) {
    counts = { size: state.persons.size, byPage: new Map() };
    for (const person of state.persons.values()) {
      counts.byPage.set(person.pageId, (counts.byPage.get(person.pageId) ?? 0) + 1);
    }
    counted.set(state.persons, counts);
  }
  return counts.byPage.get(pageId) ?? 0;
}
