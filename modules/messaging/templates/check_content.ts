import { type FieldError, Problem } from "#std";
import type { Button, Content, Utility } from "./content.ts";
import { fillSpot, readAddress } from "./fill_message.ts";
import { limits, mapTexts, type Spot, textProblem } from "./limits.ts";
import { buildMessage, type ContentParts } from "./message_form.ts";
import { utilityParameters } from "./utility_form.ts";
import { valueIn, variableProblem } from "./variables.ts";

/** What content may refer to in its workspace. */
export interface ContentRules extends ContentParts {
  /** Keys of custom fields. */
  customKeys: ReadonlySet<string>;
}

/**
 * Throws Problem content-invalid (422) with everything that Meta or this workspace would not take, each at its place;
 * `at` is the place of the content itself in what was sent.
 */
export function checkContent(content: Content, rules: ContentRules, at = ""): void {
  const errors = contentProblems(content, rules).map(({ path, message }) => ({ path: at + path, message }));
  const [first] = errors;
  if (first === undefined) return;
  const more = errors.length > 1 ? ` (and ${errors.length - 1} more, see "errors")` : "";
  const place = first.path === "" ? "" : ` at "${first.path}"`;
  throw new Problem("content-invalid", 422, `Cannot use this message${place}: ${first.message}${more}`, {
    errors,
  });
}

/** Everything that is wrong with content, by its place in it. */
export function contentProblems(content: Content, rules: ContentRules): FieldError[] {
  const errors: FieldError[] = [];
  const say = (path: string, message: string) => errors.push({ path, message });
  checkForm(content, rules, say);
  if (content.utility !== undefined) checkUtility(content.utility, rules, say);
  for (const part of partsOf(content)) {
    const { message } = buildMessage(part, rules);
    mapTexts(message, (text, spot, path) => {
      const target = spot.form === "url" ? readAddress(text) : { kind: "plain" as const, target: text };
      if (target.kind === "file" || spot.form === "parameter" || path[0] === "template") return text;
      if (isTitleAgain(path, part)) return text;
      const problem = spotProblem(target.target, spot, rules);
      if (problem !== null) say(placeOf(path, part), problem);
      return text;
    });
  }
  return errors;
}

type Say = (path: string, message: string) => void;

/** A text with variables is checked as it is for somebody of whom nothing is known: with its fallbacks. */
function spotProblem(text: string, spot: Spot, { customKeys }: ContentRules): string | null {
  const unknown = variableProblem(text, customKeys);
  if (unknown !== null) return unknown;
  const filled = fillSpot(text, spot, () => undefined);
  if (filled.trim() === "" && text.trim() !== "")
    return "It is empty for people without this value: give a fallback, like {{first_name|there}}";
  return textProblem(filled, spot);
}

/** A quick reply without a payload of its own comes back with its title, which is checked as such. */
function isTitleAgain(
  [first, index, last]: readonly (string | number)[],
  { quickReplies }: Content,
): boolean {
  if (first !== "quick_replies" || last !== "payload") return false;
  return quickReplies?.[Number(index)]?.payload === undefined;
}

/** One content per form of message in it, so that what is wrong in each is said even when only one may stay. */
function partsOf(content: Content): Content[] {
  const { text, cards, mediaFileId, utility, buttons, quickReplies } = content;
  const parts: Content[] = [];
  if (cards !== undefined) parts.push({ cards });
  if (mediaFileId !== undefined) parts.push({ mediaFileId, buttons });
  const hasOtherForm = cards !== undefined || mediaFileId !== undefined || utility !== undefined;
  if (text !== undefined || !hasOtherForm) parts.push(hasOtherForm ? { text } : { text, buttons });
  if (quickReplies !== undefined) parts.push({ quickReplies });
  return parts;
}

/** The place in the content of a place in the message that was made of it. */
function placeOf(path: readonly (string | number)[], part: Content): string {
  const elements =
    part.cards === undefined ? "/attachment/payload/elements/0" : "/attachment/payload/elements";
  return `/${path.join("/")}`
    .replace(elements, part.cards === undefined ? "" : "/cards")
    .replace("/attachment/payload", "")
    .replace("/quick_replies", "/quickReplies")
    .replace("/image_url", "/imageUrl");
}

function checkForm(content: Content, { files }: ContentRules, say: Say): void {
  const { text, cards, mediaFileId, utility, quickReplies, buttons } = content;
  const forms = Object.entries({ utility, cards, mediaFileId, text }).filter(
    ([, value]) => value !== undefined,
  );
  if (forms.length === 0 && (buttons?.length ?? 0) === 0)
    say("", "It is empty: write a text, or add cards, a file or a utility template");
  for (const [name] of forms.slice(1)) {
    say(
      `/${name}`,
      `One message holds a text, a file, cards or a utility template: remove this or "${forms[0]?.[0]}"`,
    );
  }
  if (utility !== undefined && (quickReplies?.length ?? 0) > 0)
    say("/quickReplies", "Meta takes no quick replies in a utility message: remove them");
  if ((quickReplies?.length ?? 0) > limits.quickReplies)
    say("/quickReplies", `There are ${quickReplies?.length}: Messenger takes at most ${limits.quickReplies}`);
  if ((utility !== undefined || cards !== undefined) && (buttons?.length ?? 0) > 0)
    say(
      "/buttons",
      "Buttons belong to a text or a file; cards and utility templates have their own: remove them",
    );
  checkButtons(buttons, "/buttons", say);
  const file = mediaFileId === undefined ? undefined : files.get(mediaFileId);
  if (mediaFileId !== undefined && !file)
    say("/mediaFileId", "There is no such file in the media library: choose another");
  if (file && (file.type === "audio" || file.type === "file") && (buttons?.length ?? 0) > 0)
    say("/buttons", "Messenger shows buttons under images and videos only: remove them");
  checkCards(content, files, say);
}

function checkCards({ cards }: Content, files: ContentRules["files"], say: Say): void {
  if (cards === undefined) return;
  if (cards.length === 0) say("/cards", "There are none: add a card");
  if (cards.length > limits.cards)
    say("/cards", `There are ${cards.length}: Messenger takes at most ${limits.cards}`);
  for (const [index, card] of cards.entries()) {
    const at = `/cards/${index}`;
    checkButtons(card.buttons, `${at}/buttons`, say);
    const hasMore = card.subtitle ?? card.imageUrl ?? card.mediaFileId ?? card.buttons?.[0];
    if (hasMore === undefined) say(at, "Meta wants more than a title: add a subtitle, an image or a button");
    if (card.imageUrl !== undefined && card.mediaFileId !== undefined)
      say(`${at}/imageUrl`, "The card has an image of the library, too: remove one of them");
    if (card.imageUrl !== undefined) checkHost(card.imageUrl, `${at}/imageUrl`, say);
    if (card.mediaFileId !== undefined && files.get(card.mediaFileId)?.type !== "image")
      say(`${at}/mediaFileId`, "There is no such image in the media library: choose another");
  }
}

function checkButtons(buttons: readonly Button[] | undefined, at: string, say: Say): void {
  if (buttons === undefined) return;
  if (buttons.length > limits.buttons)
    say(at, `There are ${buttons.length}: Messenger takes at most ${limits.buttons}`);
  for (const [index, button] of buttons.entries()) {
    if (button.type === "url") checkHost(button.url, `${at}/${index}/url`, say);
    if (button.type === "call" && !/^\+[0-9][0-9 ()-]{3,30}$/.test(button.phone))
      say(`${at}/${index}/phone`, "It is not a phone number: write it with its country, like +15105551234");
  }
}

/** A value never chooses where a link leads: variables may stand after the host only. */
function checkHost(url: string, at: string, say: Say): void {
  const host = /^(?:https?:\/\/)?[^/?#]*/i.exec(url)?.[0] ?? "";
  if (host.includes("{{")) say(at, "A variable may not stand in the address's host: write the host itself");
  else if (readAddress(url).kind !== "plain")
    say(at, "It is not a web address: start it with https:// or http://");
}

const valueSpot: Spot = { what: "a utility template's value", most: limits.parameter, form: "parameter" };
const payloadSpot: Spot = { what: "a button's payload", most: limits.payload };
const suffixSpot: Spot = { what: "the end of a button's address", most: 1_000, form: "suffix" };

function checkUtility(utility: Utility, rules: ContentRules, say: Say): void {
  const names = [
    { at: "/utility/name", template: utility },
    ...Object.entries(utility.byPage ?? {}).map(([pageId, template]) => ({
      at: `/utility/byPage/${pageId}`,
      template,
    })),
  ];
  for (const { at, template } of names) {
    const definition = rules.utility(template);
    if (!definition) {
      say(
        at,
        `No page has an approved utility template "${template.name}" in "${template.language}": choose another`,
      );
      continue;
    }
    const wanted = utilityParameters(definition).flatMap((group) => group.parameters);
    for (const { key, preset, form } of wanted) {
      const value = valueIn(utility.parameters, key) ?? preset ?? "";
      const spot = form.type === "text" ? valueSpot : form.type === "URL" ? suffixSpot : payloadSpot;
      const problem = spotProblem(value, spot, rules);
      if (problem !== null) say(`/utility/parameters/${key}`, problem);
    }
    const known = wanted.map(({ key }) => key);
    for (const key of Object.keys(utility.parameters).filter((given) => !known.includes(given))) {
      if (names.length === 1)
        say(
          `/utility/parameters/${key}`,
          `The template has no such parameter: it has ${known.join(", ") || "none"}`,
        );
    }
  }
}
