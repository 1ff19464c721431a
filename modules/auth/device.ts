import { parse } from "bowser";

export interface Device {
  browser: string | null;
  system: string | null;
}

/** The browser and the operating system of a User-Agent header, as names; null where it tells nothing. */
export function describeDevice(userAgent: string): Device {
  if (userAgent === "") return { browser: null, system: null };
  const { browser, os } = parse(userAgent);
  return { browser: browser.name || null, system: os.name || null };
}
