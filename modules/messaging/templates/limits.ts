import type { Sentence } from "#std";
import { say } from "./problems.ts";
import { maxTextLength, type Fields, isFields } from "../graph/mod.ts";

/** Meta's limits of one message (Messenger Platform, Send API reference and template pages, 2026). */
export const limits = {
  text: maxTextLength - 1,
  textAboveButtons: 640,
  buttons: 3,
  quickReplies: 13,
  cards: 10,
  title: 20,
  cardText: 80,
  payload: 1_000,
  parameter: 1_024,
} as const;

/** A text of the Send API's `message` object, and its limits at Meta. */
export interface Spot {
  /** Its name among the terms. */
  part: string;
  most: number;
  /** url: an address · suffix: its end · parameter: a value of a utility template, without #, $, % and emoji. */
  form?: "url" | "suffix" | "parameter";
}

const buttonSpots = (at: string): [string, Spot][] => [
  [`${at}.title`, { part: "button-title", most: limits.title }],
  [`${at}.payload`, { part: "button-payload", most: limits.payload }],
  [`${at}.url`, { part: "button-address", most: 2_000, form: "url" }],
];

// Every text that people write, by its place in `message` without the numbers of lists.
const spots: ReadonlyMap<string, Spot> = new Map<string, Spot>([
  ["text", { part: "text", most: limits.text }],
  ["quick_replies.title", { part: "quick-reply-title", most: limits.title }],
  ["quick_replies.payload", { part: "quick-reply-payload", most: limits.payload }],
  ["attachment.payload.text", { part: "text-above-buttons", most: limits.textAboveButtons }],
  ...buttonSpots("attachment.payload.buttons"),
  ["attachment.payload.elements.title", { part: "card-title", most: limits.cardText }],
  ["attachment.payload.elements.subtitle", { part: "card-subtitle", most: limits.cardText }],
  ["attachment.payload.elements.image_url", { part: "card-image-address", most: 2_000, form: "url" }],
  ...buttonSpots("attachment.payload.elements.buttons"),
  [
    "template.components.parameters.text",
    { part: "template-value", most: limits.parameter, form: "parameter" },
  ],
  ["template.components.parameters.payload", { part: "button-payload", most: limits.payload }],
  ["template.components.parameters.url", { part: "button-address-end", most: 2_000, form: "suffix" }],
]);

type Path = readonly (string | number)[];

/** A copy of a `message` object in which each text that people write is what `visit` makes of it. */
export function mapTexts(message: Fields, visit: (text: string, spot: Spot, path: Path) => string): Fields {
  return mapFields(message, visit, []);
}

function mapFields(fields: Fields, visit: Parameters<typeof mapTexts>[1], path: Path): Fields {
  return Object.fromEntries(
    Object.entries(fields).map(([key, value]) => [key, mapValue(value, visit, [...path, key])]),
  );
}

function mapValue(value: unknown, visit: Parameters<typeof mapTexts>[1], path: Path): unknown {
  if (typeof value === "string") {
    const spot = spots.get(path.filter((step) => typeof step === "string").join("."));
    return spot ? visit(value, spot, path) : value;
  }
  if (Array.isArray(value)) return value.map((item, index) => mapValue(item, visit, [...path, index]));
  return isFields(value) ? mapFields(value, visit, path) : value;
}

/** Why Meta would refuse a text at a spot, with the limit; null when it takes it. */
export function textProblem(text: string, { part, most, form }: Spot): Sentence | null {
  if (text.trim() === "") return say("part-empty", { part });
  // Meta counts characters; a string's length counts those beyond 16 bits twice.
  const length = text.length > most ? [...text].length : text.length;
  if (length > most) return say("part-too-long", { part, length, most });
  if (form === "url" && !isWebAddress(text)) return say("part-not-address", { part });
  if (form === "parameter" && hasForbiddenSign(text)) return say("part-forbidden-sign", { part });
  return null;
}

function isWebAddress(text: string): boolean {
  return /^https?:\/\/[^\s/?#@\\]+([/?#]\S*)?$/i.test(text) && URL.canParse(text);
}

/** Characters that Meta refuses with 100/1893043. A keycap is a digit followed by a sign. */
function hasForbiddenSign(text: string): boolean {
  return /[#$%]|\p{Extended_Pictographic}|\p{Regional_Indicator}|\u20e3/u.test(text);
}
