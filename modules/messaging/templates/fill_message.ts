import type { Fields } from "../graph/mod.ts";
import { mapTexts, type Spot, textProblem } from "./limits.ts";
import { fillText, valueIn, type Values } from "./variables.ts";
import { type Sentence } from "#std";

/** Where a message's tracked links and library images are found. */
export interface Addresses {
  /** Without the link's number: `https://host/l/<delivery>`. Null: tracked links lead straight to their targets. */
  links: string | null;
  /** Without the file's key: `https://host/m`. */
  files: string;
}

/** The addresses of one delivery's message; without a delivery those of a preview. */
export function addressesOf(appUrl: string, deliveryId: string | null): Addresses {
  const files = `${appUrl}/m`;
  if (deliveryId === null) return { links: null, files };
  const code = Buffer.from(deliveryId.replaceAll("-", ""), "hex").toString("base64url");
  return { links: `${appUrl}/l/${code}`, files };
}

// A stored URL may be `link:<number> <target>`, a tracked link, or `file:<key>`, a library image. Users cannot write
// these: their URLs start with http.
export const writeTrackedLink = (index: number, target: string) => `link:${index} ${target}`;
export const writeLibraryImage = (fileKey: string) => `file:${fileKey}`;

export type StoredAddress =
  | { kind: "plain"; target: string }
  | { kind: "link"; index: number; target: string }
  | { kind: "file"; key: string };

export function readAddress(stored: string): StoredAddress {
  const link = /^link:(\d+) /.exec(stored);
  if (link) return { kind: "link", index: Number(link[1]), target: stored.slice(link[0].length) };
  return stored.startsWith("file:")
    ? { kind: "file", key: stored.slice("file:".length) }
    : { kind: "plain", target: stored };
}

/** Whether a stored message has anything to fill. */
export function isPersonal(message: Fields): boolean {
  let isFound = false;
  mapTexts(message, (text, spot) => {
    isFound ||= text.includes("{{") || (spot.form === "url" && readAddress(text).kind !== "plain");
    return text;
  });
  return isFound;
}

/**
 * Fills a stored message for one person and checks Meta's limits again. `fills` are the filled values: the same message
 * filled with it is the same again. Pure.
 */
export function fillMessage(
  message: Fields,
  values: Values,
  addresses: Addresses,
): { message: Fields; fills: Values } | { invalid: Sentence } {
  const fills: Record<string, string> = {};
  const problems: Sentence[] = [];
  const valueOf = (name: string) => {
    const value = valueIn(values, name);
    if (value !== undefined) fills[name] = value;
    return value;
  };
  const fill = (text: string, spot: Spot) => {
    const filled = fillSpot(text, spot, valueOf);
    const problem = textProblem(filled, spot);
    if (problem !== null) problems.push(problem);
    return filled;
  };
  const filled = mapTexts(message, (text, spot) => {
    if (spot.form !== "url") return fill(text, spot);
    const address = readAddress(text);
    if (address.kind === "file") return `${addresses.files}/${address.key}`;
    const target = fill(address.target, spot);
    return address.kind === "link" && addresses.links !== null
      ? `${addresses.links}.${address.index}`
      : target;
  });
  const [invalid] = problems;
  return invalid === undefined ? { message: filled, fills } : { invalid };
}

/** Values in an address are encoded, so that they stay inside the part of it in which they were written. */
export function fillSpot(
  text: string,
  spot: Pick<Spot, "form">,
  valueOf: (name: string) => string | undefined,
): string {
  const isAddress = spot.form === "url" || spot.form === "suffix";
  return fillText(text, valueOf, isAddress ? encodeURIComponent : undefined);
}
