import { log } from "#std";
import { countDays } from "./analytics/mod.ts";
import { viewCounts, type LinkDeps } from "./campaigns/mod.ts";
import {
  endRows,
  planSome,
  decideSplits,
  releaseHeld,
  startDue,
  remindOfStart,
  notifyOverdue,
  notifyMembers,
} from "./campaign_plan/mod.ts";
import { refreshReceipts } from "./campaign_results/mod.ts";
import {
  type ChangedCampaign,
  finishCampaigns,
  foldCounts,
  measureSpeed,
  readCounts,
} from "./campaign_state/mod.ts";
import { checkBreakers, refreshEngaged } from "./delivery/mod.ts";
import { workspaceChannel } from "./deps.ts";
import { assignConversations } from "./inbox/mod.ts";
import { endRestrictions, notifyOfTrouble, retryHumanAgent } from "./pages/mod.ts";
import { advanceSequences, exitSequences, runTriggers, sendAutoReplies } from "./sequences/mod.ts";

/** One thing that is needed again and again. It is bounded, and several processes may do it at once. */
export interface Step {
  name: string;
  /** Between two looks, when there was nothing more to do. */
  pauseMs: number;
  /** Gives whether there may be more to do at once. */
  run(on: LinkDeps): Promise<boolean>;
}

/** Welcome and away messages leave at once, and are seen in their threads. */
async function answer(on: LinkDeps): Promise<boolean> {
  const answered = await sendAutoReplies(on);
  if (answered.length > 0) on.wakeDelivery();
  for (const { workspaceId, conversationId } of answered)
    await on.live.publish(workspaceChannel(workspaceId), [
      { name: "conversation", data: { conversationId } },
    ]);
  return false;
}

/** Tells the screens of each campaign and sequence; they hear of a change once a second at most. */
async function publishAll(on: LinkDeps, changed: readonly ChangedCampaign[]): Promise<void> {
  for (const { workspaceId, campaignId, status, counts } of changed) {
    await on.live.publish(workspaceChannel(workspaceId), [
      { name: "campaign", data: { campaignId, status, counts: viewCounts(counts) } },
    ]);
  }
}

/** Includes unfolded deltas: numbers on screens never decrease, and the last ones stay. */
async function withAllCounts(
  { sql }: LinkDeps,
  changed: readonly ChangedCampaign[],
): Promise<ChangedCampaign[]> {
  const all = await readCounts(
    sql,
    changed.map(({ campaignId }) => campaignId),
  );
  return changed.map((one) => ({ ...one, counts: all.get(one.campaignId) ?? one.counts }));
}

/** Everything that workers look for again and again, in every workspace. */
export const allSteps: readonly Step[] = [
  { name: "start what is due", pauseMs: 1_000, run: startDue },
  { name: "remind people", pauseMs: 5_000, run: remindOfStart },
  { name: "notify of what waits for an approval", pauseMs: 5_000, run: notifyOverdue },
  { name: "end restrictions of pages", pauseMs: 1_000, run: endRestrictions },
  { name: "retry answers after 24 hours", pauseMs: 60_000, run: retryHumanAgent },
  { name: "notify of pages in trouble", pauseMs: 5_000, run: notifyOfTrouble },
  // Two ranges at a time, each by a process of Postgres of its own; they look often, since somebody waits who launched.
  { name: "plan", pauseMs: 300, run: (on) => planSome(on) },
  { name: "plan beside it", pauseMs: 300, run: (on) => planSome(on) },
  {
    name: "fold counts",
    pauseMs: 1_000,
    async run(on) {
      await publishAll(on, await foldCounts(on));
      return false;
    },
  },
  {
    name: "finish",
    pauseMs: 1_000,
    async run(on) {
      await publishAll(on, await withAllCounts(on, await finishCampaigns(on)));
      return false;
    },
  },
  {
    name: "check the breakers",
    pauseMs: 1_000,
    async run(on) {
      await publishAll(on, await withAllCounts(on, await checkBreakers(on)));
      return false;
    },
  },
  { name: "notify people", pauseMs: 1_000, run: notifyMembers },
  { name: "count engaged people", pauseMs: 60_000, run: refreshEngaged },
  { name: "move people on", pauseMs: 1_000, run: async ({ sql }) => (await advanceSequences(sql)) > 0 },
  {
    name: "look for triggers",
    pauseMs: 1_000,
    async run({ sql }) {
      // Exits first: the message that caused an exit may start the sequence again.
      await exitSequences(sql);
      return (await runTriggers(sql)) > 0;
    },
  },
  { name: "send auto-replies", pauseMs: 1_000, run: answer },
  { name: "measure speed", pauseMs: 1_000, run: measureSpeed },
  {
    name: "count receipts",
    pauseMs: 500,
    async run(on) {
      // One after the other with a pause between: many that ended lately would else keep a process of Postgres busy.
      await refreshReceipts(on);
      return false;
    },
  },
  { name: "choose winners", pauseMs: 5_000, run: decideSplits },
  { name: "send winners to those held back", pauseMs: 1_000, run: releaseHeld },
  { name: "end what waits", pauseMs: 1_000, run: endRows },
  { name: "assign conversations", pauseMs: 1_000, run: assignConversations },
  { name: "count days", pauseMs: 20_000, run: countDays },
];

export interface Ticker {
  /** Starts nothing more, and waits for running work. */
  stop(): Promise<void>;
}

export interface TickerOptions {
  steps?: readonly Step[];
  /** Between a failure and the next look. */
  retryMs?: number;
}

/** Runs the steps, each on its own, so that none waits for another. A step that fails is logged and tried again. */
export function startTicker(on: LinkDeps, { steps = allSteps, retryMs = 5_000 }: TickerOptions = {}): Ticker {
  const stopping = new AbortController();
  const { signal } = stopping;
  const sleeping = new Map<Step, { timer: ReturnType<typeof setTimeout>; wake: () => void }>();

  async function sleep(step: Step, ms: number): Promise<void> {
    if (signal.aborted) return;
    await new Promise<void>((wake) => {
      sleeping.set(step, { timer: setTimeout(wake, ms), wake });
    });
    sleeping.delete(step);
  }

  async function repeat(step: Step): Promise<void> {
    while (!signal.aborted) {
      let pauseMs = step.pauseMs;
      try {
        if (await step.run(on)) pauseMs = 0;
      } catch (error) {
        log.error(`Cannot ${step.name}; trying again`, { error });
        pauseMs = Math.max(retryMs, pauseMs);
      }
      await sleep(step, pauseMs);
    }
  }

  const running = steps.map(repeat);
  return {
    async stop() {
      stopping.abort();
      for (const { timer, wake } of sleeping.values()) {
        clearTimeout(timer);
        wake();
      }
      await Promise.all(running);
    },
  };
}
