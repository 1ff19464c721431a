import { log, withTrace } from "#std";
import { GraphError, networkError } from "../graph_error.ts";
import { sendMessage } from "../graph_send.ts";
import { openPageToken } from "../pages/token.ts";
import { workspaceChannel } from "../deps.ts";
import { claimSlice } from "./claim.ts";
import type { Flight, Outcome } from "./flight.ts";
import { leaseKeeper } from "./lease.ts";
import { latenessMs } from "./pace.ts";
import { recover } from "./recover.ts";
import type { Settled } from "./settle.ts";
import { createSettler } from "./settler.ts";
import {
  type DeliveryDeps,
  deliveryDefaults,
  type DeliverySettings,
  laneClasses,
  wakeChannel,
} from "./settings.ts";

export interface DeliveryWorker {
  /** Looks for messages now. */
  wake(): void;
  /** Takes no more messages, and waits for those on their way. */
  stop(): Promise<void>;
}

/**
 * Sends what waits in the ledger, at the pace that Meta allows, each message at most once by itself. As many of these
 * as you like may run, in any number of processes: lanes are leased.
 */
export function startDelivery(on: DeliveryDeps, changes: Partial<DeliverySettings> = {}): DeliveryWorker {
  const settings = { ...deliveryDefaults, ...changes };
  const workerId = crypto.randomUUID();
  const leases = leaseKeeper(on.sql, workerId, settings.leaseSeconds);
  const flying = new Set<Promise<void>>();
  let isStopped = false;
  let pumping: Promise<void> | undefined;
  let looking: Promise<void> | undefined;
  let isAsked = false;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const settler = createSettler(on.sql, settings, {
    onSettled(settled, flights) {
      for (const flight of flights) leases.landed(flight);
      void publish(settled);
      wake();
    },
  });

  async function publish({ conversations, pages }: Settled): Promise<void> {
    const events = [
      ...conversations.map((one) => ({
        workspaceId: one.workspaceId,
        name: "conversation",
        data: { conversationId: one.contactId },
      })),
      ...pages.map((one) => ({ workspaceId: one.workspaceId, name: "page", data: { pageId: one.pageId } })),
    ];
    for (const { workspaceId, ...event } of events)
      await on.live.publish(workspaceChannel(workspaceId), [event]);
  }

  async function send(flight: Flight): Promise<Outcome> {
    let token: string;
    try {
      token = openPageToken(on.keyring, flight.pageFacebookId, flight.tokenSealed);
    } catch (cause) {
      const message = "Cannot open the page's token: the key that sealed it is missing. Reconnect the page";
      const facts = {
        phase: "not-sent",
        status: null,
        code: 190,
        subcode: null,
        class: "token_dead",
      } as const;
      return { kind: "error", error: new GraphError({ ...facts, message, cause }) };
    }
    try {
      const { mid, usage } = await sendMessage(on.graph, {
        pageFacebookId: flight.pageFacebookId,
        token,
        psid: flight.psid,
        messagingType: flight.messagingType,
        ...(flight.tag === undefined ? {} : { tag: flight.tag }),
        message: withMetadata(flight),
        timeoutMs: settings.sendTimeoutMs,
      });
      return { kind: "sent", mid, usage };
    } catch (error) {
      return { kind: "error", error: error instanceof GraphError ? error : networkError(error) };
    }
  }

  async function fly(flight: Flight, leavesAt: number): Promise<void> {
    const wait = leavesAt - performance.now();
    if (wait > 0) await Bun.sleep(wait);
    const isLate = performance.now() - leavesAt > latenessMs;
    const outcome: Outcome = isLate ? { kind: "released" } : await send(flight);
    settler.add({ flight, outcome });
  }

  async function claimAll(): Promise<void> {
    for (;;) {
      const free = settings.maxInFlight - leases.inFlight();
      // The last fifth is for replies, as the page's reserve is.
      const isTight = free <= settings.maxInFlight / 5;
      if (isStopped || free <= 0) return;
      const claimed = await claimSlice(on.sql, {
        workerId,
        classes: isTight ? ["reply"] : laneClasses,
        limit: free,
        settings,
      });
      if (!claimed) return;
      const claimedAt = performance.now();
      leases.took(claimed);
      if (claimed.skipped.length > 0) void publish({ conversations: claimed.skipped, pages: [] });
      for (const flight of claimed.flights) {
        const flight_ = withTrace(flight.traceId ?? flight.attemptId, () =>
          fly(flight, claimedAt + flight.delayMs),
        );
        const tracked = flight_.finally(() => flying.delete(tracked));
        flying.add(tracked);
      }
    }
  }

  /** One at a time; asked for again meanwhile, it looks once more. */
  function pump(): Promise<void> {
    isAsked = pumping !== undefined;
    pumping ??= look().finally(() => {
      pumping = undefined;
    });
    return pumping;
  }

  async function look(): Promise<void> {
    let pauseMs = settings.pollMs;
    try {
      do {
        isAsked = false;
        await claimAll();
        await leases.releaseIdle();
      } while (isAsked);
      pauseMs = Math.min(settings.pollMs, await leases.untilNextMs());
    } catch (error) {
      log.warn("Cannot look for messages to send; trying again", { error });
    }
    schedule(isAsked ? 0 : pauseMs);
  }

  function schedule(ms: number): void {
    clearTimeout(timer);
    if (!isStopped) timer = setTimeout(() => void pump(), ms);
  }

  function wake(): void {
    if (!isStopped) void pump();
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
  const listening = on.sql.listen(wakeChannel, wake).catch((error: unknown) => {
    log.warn("Cannot listen for new messages; looking for them every second instead", { error });
    return null;
  });
  schedule(0);
  startLookingAfter();

  return {
    wake,
    async stop() {
      isStopped = true;
      clearTimeout(timer);
      clearTimeout(recovering);
      await (await listening)?.unlisten();
      await Promise.all([pumping, looking]);
      await Promise.all(flying);
      await settler.drain();
      clearInterval(renewing);
      await leases.releaseIdle().catch((error: unknown) => log.warn("Cannot give back leases", { error }));
    },
  };
}

/** The attempt id comes back in the echo. A quotation is left out where Meta would refuse it: after 24 hours. */
function withMetadata(flight: Flight): Record<string, unknown> {
  const { reply_to: replyTo, ...message } = flight.message;
  const mayQuote = replyTo !== undefined && flight.route === "standard";
  return { ...message, ...(mayQuote ? { reply_to: replyTo } : {}), metadata: flight.attemptId };
}
