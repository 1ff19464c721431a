declare const __LANGUAGE__: string | undefined;

type Params = Record<string, string | number>;

const decimals = new Intl.NumberFormat(typeof __LANGUAGE__ === "undefined" ? "en" : __LANGUAGE__, {
  numberingSystem: "latn",
  useGrouping: false,
});

/** The sentences of the server in one language, by their codes. */
export type Catalog = Readonly<Record<string, string>>;

/** A sentence of the server: a code, its values, and the English text. */
export interface ServerSentence {
  code?: string | undefined;
  params?: Params | undefined;
  text: string;
}

/** The sentence in the words of the catalog; without them its English. */
export function wordSentence(catalog: Catalog, { code, params = {}, text }: ServerSentence): string {
  const template = code === undefined ? undefined : catalog[code];
  return template === undefined ? text : wordTemplate(catalog, template, params);
}

/** `{name}` is a value; `<status@campaign-status>` a value with words of its own. */
function wordTemplate(catalog: Catalog, template: string, params: Params): string {
  return template.replace(/\{(\w+)\}|<(\w+)@([a-z-]+)>/g, (_, plain, coded, kind) => {
    const given = params[plain ?? coded] ?? "";
    // Codes and ids are numbers, too, and stay as they are; 1.1 is 1,1 in Spanish.
    const value =
      Number.isInteger(given) || typeof given === "string" ? String(given) : decimals.format(given);
    const own = kind === undefined ? undefined : catalog[`${kind}-${value}`];
    return own === undefined ? value : wordTemplate(catalog, own, params);
  });
}

/** `text` has its code in `words`, `reason` in `reasonWords` or, without values, in `reasonCode`; a mistake in itself. */
const beside = /^(?:(.+)(?:Words|Code)|words)$/;

/** Words each English text of an answer that has its code beside it, in place; not custom fields, whose names are free. */
export function wordAnswer(catalog: Catalog, data: unknown): void {
  if (Array.isArray(data)) return data.forEach((one) => wordAnswer(catalog, one));
  if (!isObject(data)) return;
  if (typeof data["message"] === "string" && typeof data["code"] === "string")
    data["message"] = wordText(catalog, data["message"], data);
  for (const [key, value] of Object.entries(data)) {
    if (key === "fields") continue;
    const found = beside.exec(key);
    if (found) wordField(catalog, data, { field: found[1] ?? "text", words: value });
    else wordAnswer(catalog, value);
  }
}

interface Beside {
  field: string;
  words: unknown;
}

function wordField(catalog: Catalog, data: Record<string, unknown>, { field, words }: Beside): void {
  const english = data[field];
  if (typeof english === "string") data[field] = wordText(catalog, english, words);
  if (Array.isArray(english) && Array.isArray(words))
    data[field] = english.map((text, index) => wordText(catalog, text, words[index]));
}

/** Without values the code is enough. Texts without a code, such as Meta's, stay. */
function wordText(catalog: Catalog, text: string, words: unknown): string {
  if (typeof words === "string") return wordSentence(catalog, { code: words, text });
  return isSentence(words) ? wordSentence(catalog, { ...words, text }) : text;
}

function isSentence(value: unknown): value is { code: string; params?: Params } {
  return isObject(value) && typeof value["code"] === "string";
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
