import { type Fields, fieldsList, isFields } from "./fields.ts";

/** How much of Meta's limits is used, as the answer's headers say. */
export interface GraphUsage {
  /** The highest percentage of all readings that concern messaging; null when Meta sent none, which is not 0 %. */
  percent: number | null;
  /** The highest percentage of the limit that all pages share (X-App-Usage); null when Meta sent none. */
  appPercent: number | null;
  /** Seconds until Meta lets us call again; null when not stated. */
  regainSeconds: number | null;
}

const none: GraphUsage = { percent: null, appPercent: null, regainSeconds: null };

/** Reads X-App-Usage, X-Page-Usage and X-Business-Use-Case-Usage. Headers that make no sense count as absent. */
export function readUsage(headers: Headers): GraphUsage {
  const ofApp = readObject(headers.get("x-app-usage"));
  const readings = [
    ...ofApp,
    ...readObject(headers.get("x-page-usage")),
    ...readBusinessUses(headers.get("x-business-use-case-usage")),
  ];
  if (readings.length === 0) return none;
  // Stated in minutes; 0 means "not stated" and not "now".
  const minutes = Math.max(
    0,
    ...readings.map((reading) => numberOf(reading.estimated_time_to_regain_access) ?? 0),
  );
  return {
    percent: highest(readings),
    appPercent: highest(ofApp),
    regainSeconds: minutes > 0 ? minutes * 60 : null,
  };
}

function highest(readings: readonly Fields[]): number | null {
  const percents = readings.flatMap((reading) =>
    ["call_count", "total_time", "total_cputime"].flatMap((name) => numberOf(reading[name]) ?? []),
  );
  return percents.length > 0 ? Math.max(...percents) : null;
}

/** Sends are metered in the pool "messenger"; a read of the page meters "pages" under the same id. */
function readBusinessUses(header: string | null): Fields[] {
  const [uses] = readObject(header);
  if (!uses) return [];
  return Object.values(uses)
    .flatMap((list) => fieldsList(list))
    .filter((reading) => reading.type === "messenger");
}

function readObject(header: string | null): Fields[] {
  if (header === null) return [];
  try {
    const value: unknown = JSON.parse(header);
    return isFields(value) ? [value] : [];
  } catch {
    return [];
  }
}

function numberOf(value: unknown): number | undefined {
  const number = typeof value === "string" ? Number.parseFloat(value) : value;
  return typeof number === "number" && Number.isFinite(number) && number >= 0 ? number : undefined;
}
