import type { Sim } from "./sim.ts";
import type { Page, Person } from "./state.ts";

/** Meta's own inbox app: what humans type in Business Suite comes from it, and Meta's AI answers as it. */
export const inboxAppId = "263902037430900";

/** A thread falls idle this long after the person's last message, or after the last change of its owner. */
export const ownershipMs = 24 * 3_600_000;

/** The app that owns the thread, or null when it is idle. No event reports an expired ownership. */
export function ownerOf(person: Person, now = Date.now()): string | null {
  if (person.isHeldByMetaAi === true) return inboxAppId;
  return (person.ownedUntil ?? Number.POSITIVE_INFINITY) > now ? person.ownerAppId : null;
}

/** The app that gets new and idle threads; null without conversation routing ("zero-config"). */
export function defaultAppOf(sim: Sim, page: Page): string | null {
  return page.hasRouting ? (page.defaultAppId ?? sim.state.app.id) : null;
}

/**
 * Whether our app hears of the thread in `standby` only: another app owns it, or would get it. Meta's AI does not count:
 * it was seen to hold threads of pages without routing, with no event of any kind that said so.
 */
export function isOnStandby(sim: Sim, person: Person): boolean {
  if (person.isHeldByMetaAi === true) return false;
  const page = sim.state.pages.get(person.pageId);
  const app = ownerOf(person) ?? (page === undefined ? null : defaultAppOf(sim, page));
  return app !== null && app !== sim.state.app.id;
}

/** Whether Meta refuses our messages with 10/2018300. */
export function isHeldElsewhere(sim: Sim, person: Person): boolean {
  return person.isHeldByMetaAi === true || isOnStandby(sim, person);
}
