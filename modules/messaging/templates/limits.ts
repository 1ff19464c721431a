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

/** A text of the Send API's `message` object: what it is, and what Meta takes there. */
export interface Spot {
  what: string;
  most: number;
  /** url: an address · suffix: its end · parameter: a value of a utility template, without #, $, % and emoji. */
  form?: "url" | "suffix" | "parameter";
}

const buttonSpots = (at: string): [string, Spot][] => [
  [`${at}.title`, { what: "a button's title", most: limits.title }],
  [`${at}.payload`, { what: "a button's payload", most: limits.payload }],
  [`${at}.url`, { what: "a button's address", most: 2_000, form: "url" }],
];

// Every text that people write, by its place in `message` without the numbers of lists.
const spots: ReadonlyMap<string, Spot> = new Map<string, Spot>([
  ["text", { what: "the text", most: limits.text }],
  ["quick_replies.title", { what: "a quick reply's title", most: limits.title }],
  ["quick_replies.payload", { what: "a quick reply's payload", most: limits.payload }],
  ["attachment.payload.text", { what: "a text above buttons", most: limits.textAboveButtons }],
  ...buttonSpots("attachment.payload.buttons"),
  ["attachment.payload.elements.title", { what: "a card's title", most: limits.cardText }],
  ["attachment.payload.elements.subtitle", { what: "a card's subtitle", most: limits.cardText }],
  ["attachment.payload.elements.image_url", { what: "a card's image address", most: 2_000, form: "url" }],
  ...buttonSpots("attachment.payload.elements.buttons"),
  [
    "template.components.parameters.text",
    { what: "a utility template's value", most: limits.parameter, form: "parameter" },
  ],
  ["template.components.parameters.payload", { what: "a button's payload", most: limits.payload }],
  [
    "template.components.parameters.url",
    { what: "the end of a button's address", most: 2_000, form: "suffix" },
  ],
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
export function textProblem(text: string, spot: Spot): string | null {
  if (text.trim() === "") return `It is empty: Messenger needs ${spot.what} here`;
  // Meta counts characters; a string's length counts those beyond 16 bits twice.
  const length = text.length > spot.most ? [...text].length : text.length;
  if (length > spot.most)
    return `It has ${length} characters: ${spot.what} may have at most ${spot.most}. Shorten it`;
  if (spot.form === "url" && !isWebAddress(text))
    return "It is not a web address: write one that starts with https:// or http:// and has no spaces";
  if (spot.form === "parameter" && hasForbiddenSign(text))
    return "It has a sign that Meta refuses in utility messages: leave out #, $, % and emoji";
  return null;
}

function isWebAddress(text: string): boolean {
  return /^https?:\/\/[^\s/?#@\\]+([/?#]\S*)?$/i.test(text) && URL.canParse(text);
}

/** What Meta answers with 100/1893043. A keycap is a digit with a sign after it. */
function hasForbiddenSign(text: string): boolean {
  return /[#$%]|\p{Extended_Pictographic}|\p{Regional_Indicator}|\u20e3/u.test(text);
}
