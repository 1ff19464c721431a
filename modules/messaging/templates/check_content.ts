import { type FieldError, fieldError, type Sentence } from "#std";
import type { Button, Content, Utility } from "./content.ts";
import { fillSpot, readAddress } from "./fill_message.ts";
import { limits, mapTexts, type Spot, textProblem } from "./limits.ts";
import { buildMessage, type ContentParts } from "./message_form.ts";
import { utilityParameters } from "./utility_form.ts";
import { valueIn, variableProblem } from "./variables.ts";
import { problem, say } from "./problems.ts";

/** References that content may have in its workspace. */
export interface ContentRules extends ContentParts {
  /** Keys of custom fields. */
  customKeys: ReadonlySet<string>;
}

/**
 * Throws Problem content-invalid (422) with everything that Meta or this workspace would not take, each at its place;
 * `at` is the place of the content in the request.
 */
export function checkContent(content: Content, rules: ContentRules, at = ""): void {
  const errors = contentProblems(content, rules).map((one) => ({ ...one, path: at + one.path }));
  const [first] = errors;
  if (first === undefined) return;
  throw problem("content-invalid", { mistake: first.message }, { errors });
}

/** Everything that is wrong with content, by its place in it. */
export function contentProblems(content: Content, rules: ContentRules): FieldError[] {
  const errors: FieldError[] = [];
  const fail: Fail = (path, mistake) => errors.push(fieldError(path, mistake));
  checkForm(content, rules, fail);
  if (content.utility !== undefined) checkUtility(content.utility, rules, fail);
  for (const part of partsOf(content)) {
    const { message } = buildMessage(part, rules);
    mapTexts(message, (text, spot, path) => {
      const target = spot.form === "url" ? readAddress(text) : { kind: "plain" as const, target: text };
      if (target.kind === "file" || spot.form === "parameter" || path[0] === "template") return text;
      if (isTitleAgain(path, part)) return text;
      const mistake = spotProblem(target.target, spot, rules);
      if (mistake !== null) fail(placeOf(path, part), mistake);
      return text;
    });
  }
  return errors;
}

type Fail = (path: string, mistake: Sentence) => void;

/** Checks a text with variables as for an unknown contact: with its fallbacks. */
function spotProblem(text: string, spot: Spot, { customKeys }: ContentRules): Sentence | null {
  const unknown = variableProblem(text, customKeys);
  if (unknown !== null) return unknown;
  const filled = fillSpot(text, spot, () => undefined);
  if (filled.trim() === "" && text.trim() !== "")
    return say("part-empty-without-value", { example: "{{first_name|there}}" });
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

/** One content per form of message, so the problems of each are named although only one may stay. */
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

function checkForm(content: Content, { files }: ContentRules, fail: Fail): void {
  const { text, cards, mediaFileId, utility, quickReplies, buttons } = content;
  const forms = Object.entries({ utility, cards, mediaFileId, text }).filter(
    ([, value]) => value !== undefined,
  );
  if (forms.length === 0 && (buttons?.length ?? 0) === 0) fail("", say("message-empty"));
  for (const [name] of forms.slice(1)) {
    fail(`/${name}`, say("message-two-forms", { other: forms[0]?.[0] ?? "" }));
  }
  if (utility !== undefined && (quickReplies?.length ?? 0) > 0)
    fail("/quickReplies", say("utility-quick-replies"));
  const replies = quickReplies?.length ?? 0;
  if (replies > limits.quickReplies)
    fail("/quickReplies", say("too-many-quick-replies", { count: replies, most: limits.quickReplies }));
  if ((utility !== undefined || cards !== undefined) && (buttons?.length ?? 0) > 0)
    fail("/buttons", say("buttons-elsewhere"));
  checkButtons(buttons, "/buttons", fail);
  const file = mediaFileId === undefined ? undefined : files.get(mediaFileId);
  if (mediaFileId !== undefined && !file) fail("/mediaFileId", say("file-not-in-library"));
  if (file && (file.type === "audio" || file.type === "file") && (buttons?.length ?? 0) > 0)
    fail("/buttons", say("buttons-under-file"));
  checkCards(content, files, fail);
}

function checkCards({ cards }: Content, files: ContentRules["files"], fail: Fail): void {
  if (cards === undefined) return;
  if (cards.length === 0) fail("/cards", say("cards-missing"));
  if (cards.length > limits.cards)
    fail("/cards", say("too-many-cards", { count: cards.length, most: limits.cards }));
  for (const [index, card] of cards.entries()) {
    const at = `/cards/${index}`;
    checkButtons(card.buttons, `${at}/buttons`, fail);
    const hasMore = card.subtitle ?? card.imageUrl ?? card.mediaFileId ?? card.buttons?.[0];
    if (hasMore === undefined) fail(at, say("card-needs-more"));
    if (card.imageUrl !== undefined && card.mediaFileId !== undefined)
      fail(`${at}/imageUrl`, say("card-two-images"));
    if (card.imageUrl !== undefined) checkHost(card.imageUrl, `${at}/imageUrl`, fail);
    if (card.mediaFileId !== undefined && files.get(card.mediaFileId)?.type !== "image")
      fail(`${at}/mediaFileId`, say("image-not-in-library"));
  }
}

function checkButtons(buttons: readonly Button[] | undefined, at: string, fail: Fail): void {
  if (buttons === undefined) return;
  if (buttons.length > limits.buttons)
    fail(at, say("too-many-buttons", { count: buttons.length, most: limits.buttons }));
  for (const [index, button] of buttons.entries()) {
    if (button.type === "url") checkHost(button.url, `${at}/${index}/url`, fail);
    if (button.type === "call" && !/^\+[0-9][0-9 ()-]{3,30}$/.test(button.phone))
      fail(`${at}/${index}/phone`, say("phone-invalid"));
  }
}

/** A value never chooses where a link leads: variables may stand after the host only. */
function checkHost(url: string, at: string, fail: Fail): void {
  const host = /^(?:https?:\/\/)?[^/?#]*/i.exec(url)?.[0] ?? "";
  if (host.includes("{{")) fail(at, say("address-host-variable"));
  else if (readAddress(url).kind !== "plain") fail(at, say("address-invalid"));
}

const valueSpot: Spot = { part: "template-value", most: limits.parameter, form: "parameter" };
const payloadSpot: Spot = { part: "button-payload", most: limits.payload };
const suffixSpot: Spot = { part: "button-address-end", most: 1_000, form: "suffix" };

function checkUtility(utility: Utility, rules: ContentRules, fail: Fail): void {
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
      const { name, language } = template;
      fail(at, say("utility-not-approved", { name, language }));
      continue;
    }
    const wanted = utilityParameters(definition).flatMap((group) => group.parameters);
    for (const { key, preset, form } of wanted) {
      const value = valueIn(utility.parameters, key) ?? preset ?? "";
      const spot = form.type === "text" ? valueSpot : form.type === "URL" ? suffixSpot : payloadSpot;
      const mistake = spotProblem(value, spot, rules);
      if (mistake !== null) fail(`/utility/parameters/${key}`, mistake);
    }
    const known = wanted.map(({ key }) => key);
    for (const key of Object.keys(utility.parameters).filter((given) => !known.includes(given))) {
      if (names.length === 1)
        fail(
          `/utility/parameters/${key}`,
          say("utility-parameter-unknown", { known: known.join(", ") || "–" }),
        );
    }
  }
}
