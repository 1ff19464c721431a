const STORED = "messagesender.zone";

/** The time zone of this browser. */
const browserZone = (): string => new Intl.DateTimeFormat().resolvedOptions().timeZone;

/** The reader's time zone, an IANA name: the account's, or else the browser's. Read once, as formats are made once. */
export const shownZone: string = readStored() ?? browserZone();

function readStored(): string | null {
  // Builds and tests have no storage.
  const stored = globalThis.localStorage?.getItem(STORED) ?? null;
  if (stored === null) return null;
  try {
    return new Intl.DateTimeFormat("en", { timeZone: stored }).resolvedOptions().timeZone;
  } catch {
    // The server knows more zones than this browser.
    return null;
  }
}

/** Keeps the account's zone for this browser; true if screens show another one until they load again. */
export function keepZone(zone: string | null): boolean {
  const isOther = localStorage.getItem(STORED) !== zone;
  if (zone === null) localStorage.removeItem(STORED);
  else localStorage.setItem(STORED, zone);
  return isOther;
}
