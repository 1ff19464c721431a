import { type FieldError, fieldError, type Sentence } from "#std";
import type { Fields } from "../graph/mod.ts";
import type { NewUtilityTemplate } from "./schema_utility.ts";
import { placeholdersOf } from "./utility_form.ts";
import { valueIn } from "./variables.ts";
import { problem, say } from "./problems.ts";

// Meta's utility templates page (March 2026), and what production senders report of its refusals.
const limits = { header: 60, body: 1_024, buttons: 3, title: 20, payload: 1_000 } as const;

/** Open at its end or not; never in its host. */
const webAddress = /^https?:\/\/[^\s/?#@{}]+(?:[/?#][^\s{}]*(\{\{1\}\})?)?$/;

type Fail = (path: string, mistake: Sentence) => void;

/** Everything that Meta's review refuses for its form, by its place. */
export function draftProblems(draft: NewUtilityTemplate): FieldError[] {
  const errors: FieldError[] = [];
  const fail: Fail = (path, mistake) => errors.push(fieldError(path, mistake));
  const length = (path: string, text: string, most: number) => {
    if (text.trim() === "") fail(path, say("draft-empty"));
    if ([...text].length > most) fail(path, say("draft-too-long", { length: [...text].length, most }));
  };
  const { header, body, buttons = [], samples = {} } = draft;
  length("/body", body, limits.body);
  if (header !== undefined) length("/header", header, limits.header);
  for (const [at, text, prefix] of [
    ["/header", header ?? "", "header."],
    ["/body", body, ""],
  ] as const) {
    const names = placeholdersOf(text);
    if (names.some((name) => !/^[a-z0-9_]+$/.test(name)))
      fail(at, say("placeholder-invalid", { example: "{{order_id}}" }));
    if (/\{\{|\}\}/.test(text.replace(/\{\{\s*\w+\s*\}\}/g, "")))
      fail(at, say("placeholder-open", { example: "{{order_id}}" }));
    for (const name of names)
      if ((valueIn(samples, `${prefix}${name}`) ?? "").trim() === "")
        fail(`/samples/${prefix}${name}`, say("placeholder-sample-missing"));
  }
  if (/^\s*\{\{|\}\}\s*$/.test(body)) fail("/body", say("placeholder-at-edge"));
  const words = body.replace(/\{\{[^{}]*\}\}/g, "").match(/\S+/g)?.length ?? 0;
  if (words < placeholdersOf(body).length * 2 + 1) fail("/body", say("placeholder-too-many"));
  checkNumbers(draft, fail);
  if (buttons.length > limits.buttons)
    fail("/buttons", say("too-many-buttons", { count: buttons.length, most: limits.buttons }));
  for (const [index, button] of buttons.entries()) {
    const at = `/buttons/${index}`;
    length(`${at}/title`, button.title, limits.title);
    if (button.type === "postback") length(`${at}/payload`, button.payload, limits.payload);
    if (button.type === "call" && !/^\+[0-9][0-9 ()-]{3,30}$/.test(button.phone))
      fail(`${at}/phone`, say("phone-invalid"));
    if (button.type !== "url") continue;
    const address = webAddress.exec(button.url);
    if (!address) fail(`${at}/url`, say("address-may-end-open", { example: "{{1}}" }));
    else if (address[1] !== undefined && (samples[`button.${index}`] ?? "").trim() === "")
      fail(`/samples/button.${index}`, say("address-sample-missing"));
  }
  return errors;
}

/** Meta has two ways to name placeholders, and a template follows one: names, or 1, 2, 3 in their order. */
function checkNumbers({ header = "", body }: NewUtilityTemplate, fail: Fail): void {
  const isNumber = (name: string) => /^\d+$/.test(name);
  const all = [...placeholdersOf(header), ...placeholdersOf(body)];
  if (all.some(isNumber) && !all.every(isNumber)) fail("/body", say("placeholder-mixed"));
  for (const [at, text] of [
    ["/header", header],
    ["/body", body],
  ] as const) {
    const names = placeholdersOf(text);
    if (names.every(isNumber) && names.some((name, index) => name !== String(index + 1)))
      fail(at, say("placeholder-order"));
  }
}

/** The body of the call that asks Meta for the template. Throws Problem template-invalid with all that is wrong. */
export function draftRequest(draft: NewUtilityTemplate): Fields {
  const errors = draftProblems(draft);
  const [first] = errors;
  if (first) throw problem("template-invalid", { mistake: first.message }, { errors });
  const { name, language, header, body, buttons = [], samples = {} } = draft;
  const isNamed = [...placeholdersOf(header ?? ""), ...placeholdersOf(body)].some(
    (one) => !/^\d+$/.test(one),
  );
  const example = (text: string, key: "header_text" | "body_text", prefix: string): Fields => {
    const names = placeholdersOf(text);
    if (names.length === 0) return {};
    const sample = (one: string) => valueIn(samples, `${prefix}${one}`) ?? "";
    if (isNamed)
      return {
        example: { [`${key}_named_params`]: names.map((one) => ({ param_name: one, example: sample(one) })) },
      };
    const values = names.map(sample);
    return { example: { [key]: key === "body_text" ? [values] : values } };
  };
  return {
    name,
    language,
    category: "UTILITY",
    parameter_format: isNamed ? "NAMED" : "POSITIONAL",
    components: [
      ...(header === undefined
        ? []
        : [{ type: "HEADER", format: "TEXT", text: header, ...example(header, "header_text", "header.") }]),
      { type: "BODY", text: body, ...example(body, "body_text", "") },
      ...(buttons.length === 0
        ? []
        : [
            {
              type: "BUTTONS",
              buttons: buttons.map((button, index) => buttonForm(button, samples[`button.${index}`])),
            },
          ]),
    ],
  };
}

function buttonForm(button: NonNullable<NewUtilityTemplate["buttons"]>[number], sample = ""): Fields {
  switch (button.type) {
    case "postback":
      return { type: "POSTBACK", text: button.title, payload: button.payload };
    case "call":
      return { type: "PHONE_NUMBER", text: button.title, phone_number: button.phone };
    case "url": {
      const isOpen = button.url.endsWith("{{1}}");
      const whole = button.url.replace("{{1}}", () => encodeURIComponent(sample));
      return {
        type: "URL",
        text: button.title,
        url: button.url,
        ...(isOpen ? { example: { url_suffix_example: whole } } : {}),
      };
    }
  }
}
