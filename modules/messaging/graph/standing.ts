import { type Fields, fieldsList, textOf } from "./fields.ts";
import { say } from "./problems.ts";

/** Something that Meta keeps a page from. */
export interface PageLimit {
  /** Meta's word: page_messaging, page_messaging_api, page_publish, page_read_only. */
  feature: string;
  description: string | null;
  /** Milliseconds since 1970; null: until Meta lifts it. */
  until: number | null;
}

/** How Meta regards a page, from the `business_integrity` event or from `GET /{page}/page_status`. */
export interface Standing {
  limits: PageLimit[];
  /**
   * The restriction that stops the page from sending. `until` is Infinity until Meta lifts it, and null if Meta gives
   * none.
   */
  hold: { reason: string; until: number | null } | null;
  /** Whether Meta says that the page may send, which it need not say when it tells of something else. */
  isFree: boolean;
  isWarned: boolean;
}

/**
 * The features whose restriction stops messages ("Page Integrity", July 2026). The others concern posts and reading.
 */
const messagingFeatures: ReadonlySet<string> = new Set(["page_messaging", "page_messaging_api"]);

export const stopsMessages = ({ feature }: Pick<PageLimit, "feature">) => messagingFeatures.has(feature);

const mostLimits = 20;

/**
 * Decides from the restrictions, and from the status only where they say nothing: one of Meta's samples has
 * `status: "ok"` beside a restriction. A restriction that expired before `now` counts as lifted.
 */
export function readStanding(
  { status, restrictions }: { status: string | null; restrictions: unknown },
  now: number,
): Standing {
  const word = status?.toLowerCase() ?? "";
  const reported = fieldsList(restrictions)
    .slice(0, mostLimits)
    .flatMap((one) => limitOf(one) ?? []);
  const limits = reported.filter(({ isLifted, until }) => !isLifted && (until === null || until > now));
  const ofMessages = limits.filter(({ feature }) => stopsMessages({ feature }));
  const hold = holdOf(word, { ofMessages, isReported: reported.length > 0 });
  const isLifted = reported.some(stopsMessages);
  return {
    limits: limits.map(({ feature, description, until }) => ({ feature, description, until })),
    hold,
    isFree: hold === null && (word === "ok" || word === "warning" || isLifted),
    isWarned: word === "warning",
  };
}

function holdOf(
  word: string,
  { ofMessages, isReported }: { ofMessages: readonly PageLimit[]; isReported: boolean },
): Standing["hold"] {
  if (word === "suspended")
    return {
      reason: say("standing-suspended").text,
      until: Number.POSITIVE_INFINITY,
    };
  if (ofMessages.length > 0)
    return {
      reason: say("standing-messages").text,
      until: Math.max(...ofMessages.map(({ until }) => until ?? Number.POSITIVE_INFINITY)),
    };
  if (word === "restricted" && !isReported) return { reason: say("standing-restricted").text, until: null };
  return null;
}

function limitOf(one: Fields): (PageLimit & { isLifted: boolean }) | null {
  const feature = textOf(one.feature)?.toLowerCase();
  if (!feature) return null;
  return {
    feature: feature.slice(0, 80),
    description: textOf(one.description)?.slice(0, 500) ?? null,
    until: timeOf(one.expiration_time),
    isLifted: textOf(one.status)?.toUpperCase() === "UNRESTRICTED",
  };
}

/** Meta writes these times in seconds. */
function timeOf(value: unknown): number | null {
  const number = Number(value);
  if (value === null || value === undefined || !Number.isFinite(number) || number <= 0) return null;
  return number < 100_000_000_000 ? number * 1_000 : number;
}
