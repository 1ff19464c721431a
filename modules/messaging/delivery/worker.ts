import type { Sql } from "postgres";
import { enqueueJobs } from "#db";
import { createCounter, log, withTrace } from "#std";
import { workspaceChannel } from "../deps.ts";
import { newUpload } from "../templates/mod.ts";
import { claimSlice } from "./claim.ts";
import { createContentCache } from "./content_cache.ts";
import type { Flight, Outcome } from "./flight.ts";
import { type ClaimSize, createClaimSize } from "./late_claim.ts";
import { leaseKeeper } from "./lease.ts";
import { createDepartures, createPageGates } from "./page_gates.ts";
import { recover } from "./recover.ts";
import { createSender } from "./send.ts";
import {
  type DeliveryDeps,
  deliveryDefaults,
  type DeliverySettings,
  type LaneClass,
  laneClasses,
  wakeChannel,
} from "./settings.ts";
import { createSettler, type Settled } from "./settle.ts";

const shortestPauseMs = 5;
/** The limit of waiting for responses at shutdown; later ones are looked up by the page's next worker. */
const longestDrainMs = 12_000;

const results = createCounter(
  "messagesender_sends_total",
  "How attempts to send ended, by lane: sent, released before they left, or the class of the error",
  laneClasses.flatMap((lane) => [
    { lane, result: "sent" },
    { lane, result: "token_dead" },
  ]),
);

export interface DeliveryWorker {
  /** Looks for messages now. */
  wake(): void;
  /** Takes no more messages, and waits for those in flight. */
  stop(): Promise<void>;
}

/**
 * Sends waiting messages of the ledger, at the pace that Meta allows, each message at most once automatically. As many of these
 * as you like may run, in any number of processes: each page is sent from by one of them at a time.
 */
export function startDelivery(on: DeliveryDeps, changes: Partial<DeliverySettings> = {}): DeliveryWorker {
  const settings = { ...deliveryDefaults, ...changes };
  const workerId = crypto.randomUUID();
  const gates = createPageGates();
  const contents = createContentCache();
  const leases = leaseKeeper(on.sql, gates, { workerId, leaseSeconds: settings.leaseSeconds });
  const sender = createSender(on, settings);
  const departures = createDepartures(gates, { leave: fly, goBack });
  let isStopped = false;
  let isFull = false;
  let looking: Promise<void> | undefined;

  const settler = createSettler(on.sql, settings, {
    onSettled(settled, flights) {
      for (const flight of flights) {
        const page = gates.of(flight);
        if (page) page.unsettled -= 1;
      }
      // A held page sends no more of the claimed messages.
      const held = new Set(settled.pages.map(({ pageId }) => pageId));
      for (const page of gates.all())
        if (settled.app === "held" || held.has(page.pageId))
          for (const flight of page.gate.empty()) goBack(flight);
      if (settled.conversations.length + settled.pages.length > 0) void publish(settled);
      if (settled.app !== null) void publishToAll();
      wake(isFull ? laneClasses : settled.woken);
      isFull = false;
    },
  });

  async function publish({ conversations, pages }: Pick<Settled, "conversations" | "pages">): Promise<void> {
    const events = [
      ...conversations.map((one) => ({
        workspaceId: one.workspaceId,
        name: "conversation" as const,
        data: { conversationId: one.contactId },
      })),
      ...pages.map((one) => ({
        workspaceId: one.workspaceId,
        name: "page" as const,
        data: { pageId: one.pageId },
      })),
    ];
    for (const { workspaceId, ...event } of events)
      await on.live.publish(workspaceChannel(workspaceId), [event]);
  }

  /** A hold of the app changes every page: an event about one makes screens read all of theirs. */
  async function publishToAll(): Promise<void> {
    const pages = await on.sql<{ workspaceId: string; pageId: string }[]>`
      select distinct on (workspace_id) workspace_id as "workspaceId", id as "pageId" from messaging.pages
      where status <> 'disconnected' order by workspace_id, id`;
    await publish({ conversations: [], pages });
  }

  function goBack(flight: Flight): void {
    settler.add({ flight, outcome: { kind: "released" } });
  }

  function fly(flight: Flight): void {
    const leftAt = performance.now();
    const gate = gates.of(flight)?.gate;
    const land = (outcome: Outcome) => {
      gate?.answered(leftAt, performance.now(), flight.isReply);
      if (gate && gate.waiting() > 0) departures.look();
      results.add({
        lane: flight.class,
        result: outcome.kind === "error" ? outcome.error.class : outcome.kind,
      });
      settler.add({ flight, outcome });
    };
    // Messages of a campaign have no trace: their rows are enough.
    const { traceId } = flight;
    void (traceId === null ? sender(flight) : withTrace(traceId, () => sender(flight))).then(land);
  }

  /** Returns whether the last claim found due messages. */
  async function claimAll(sql: Sql, classes: readonly LaneClass[], size: ClaimSize): Promise<boolean> {
    for (;;) {
      // The last fifth is for replies, as the page's reserve is.
      const most = settings.maxInFlight * (classes.includes("reply") ? 1 : 0.8);
      const free = Math.floor(most - gates.inFlight());
      isFull ||= free <= 0;
      if (isStopped || free <= 0) return false;
      const startedAt = performance.now();
      const claimed = await claimSlice(sql, {
        workerId,
        classes,
        limit: Math.min(free, size.now()),
        settings,
        gates,
        contents,
        appUrl: on.config.appUrl,
      });
      if (!claimed) return false;
      size.took(performance.now() - startedAt);
      for (const flight of claimed.unfit) goBack(flight);
      departures.run();
      if (claimed.skipped.length > 0) void publish({ conversations: claimed.skipped, pages: [] });
      if (claimed.uploads.length > 0) await enqueueJobs(on.sql, claimed.uploads.map(newUpload));
      if (!claimed.isMore) return true;
    }
  }

  // Replies have their own pump: no reply waits for a campaign's claim.
  const pumps = [
    createPump(on.replySql ?? on.sql, ["reply"]),
    createPump(
      on.sql,
      laneClasses.filter((one) => one !== "reply"),
    ),
  ];

  function createPump(sql: Sql, classes: readonly LaneClass[]) {
    const size = createClaimSize();
    let pumping: Promise<void> | undefined;
    let isAsked = false;
    let timer: ReturnType<typeof setTimeout> | undefined;

    /** One at a time; a request during a run causes another look. */
    function wake(): void {
      if (isStopped) return;
      isAsked = pumping !== undefined;
      pumping ??= look().finally(() => {
        pumping = undefined;
      });
    }

    async function look(): Promise<void> {
      let pauseMs = settings.pollMs;
      try {
        let hasFound: boolean;
        let untilNextMs: number;
        do {
          isAsked = false;
          hasFound = await claimAll(sql, classes, size);
          untilNextMs = await leases.untilNextMs(sql, classes);
        } while (isAsked || (hasFound && untilNextMs === 0));
        // Not at once: due rows that were not found are locked by another process.
        pauseMs = Math.min(settings.pollMs, Math.max(shortestPauseMs, untilNextMs));
      } catch (error) {
        log.warn("Cannot look for messages to send; trying again", { error });
      }
      clearTimeout(timer);
      if (!isStopped) timer = setTimeout(wake, isAsked ? 0 : pauseMs);
    }

    return {
      classes,
      wake,
      async stop(): Promise<void> {
        clearTimeout(timer);
        await pumping;
      },
    };
  }

  /** Looks for messages of these classes now. */
  function wake(classes: readonly string[] = laneClasses): void {
    for (const pump of pumps) if (pump.classes.some((one) => classes.includes(one))) pump.wake();
  }

  async function lookAfter(): Promise<void> {
    try {
      const { conversations } = await recover(on, settings);
      if (conversations.length > 0) await publish({ conversations, pages: [] });
    } catch (error) {
      log.warn("Cannot look after messages of unknown outcome; trying again", { error });
    }
    if (!isStopped) recovering = setTimeout(startLookingAfter, settings.recoverMs);
  }

  function startLookingAfter(): void {
    looking = lookAfter();
  }

  let recovering: ReturnType<typeof setTimeout> | undefined;
  const renewing = setInterval(() => void leases.renew(), (settings.leaseSeconds * 1000) / 3);
  const listening = on.sql
    .listen(wakeChannel, (laneClass) => wake(laneClass === "" ? laneClasses : [laneClass]))
    .catch((error: unknown) => {
      log.warn("Cannot listen for new messages; looking for them every second instead", { error });
      return null;
    });
  wake();
  startLookingAfter();

  return {
    wake: () => wake(),
    async stop() {
      isStopped = true;
      clearTimeout(recovering);
      await (await listening)?.unlisten();
      await Promise.all([...pumps.map((pump) => pump.stop()), looking]);
      for (const page of gates.all()) for (const flight of page.gate.empty()) goBack(flight);
      departures.stop();
      await Promise.race([settler.drain(() => gates.inFlight() === 0), Bun.sleep(longestDrainMs)]);
      clearInterval(renewing);
      await leases.giveBackAll().catch((error: unknown) => log.warn("Cannot give back leases", { error }));
    },
  };
}
