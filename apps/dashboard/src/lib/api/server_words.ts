declare const __LANGUAGE__: string | undefined;

/** What the server says to people: a code and its values, and the English. */
export interface ServerSentence {
  code?: string | undefined;
  params?: Record<string, string | number> | undefined;
  text: string;
}

const isEnglish = typeof __LANGUAGE__ === "undefined" || __LANGUAGE__ === "en";

let words: Record<string, string> = {};
let loading: Promise<void> | null = null;

/** Loads the sentences of the server in the reader's language; English comes with each answer. */
export function loadServerWords(): Promise<void> {
  if (isEnglish) return Promise.resolve();
  return (loading ??= import("#lib/paraglide/server_words.js").then(
    (loaded) => void (words = loaded.default),
    // The English is there; the next sentence tries again.
    () => void (loading = null),
  ));
}

/** The sentence in the reader's language, once the words are loaded; else its English. */
export function wordSentence({ code, params = {}, text }: ServerSentence): string {
  const template = code === undefined ? undefined : words[code];
  return template === undefined ? text : wordTemplate(template, params);
}

/** `{name}` is a value; `<status@campaign-status>` a value with words of its own. */
function wordTemplate(template: string, params: Record<string, string | number>): string {
  return template.replace(/\{(\w+)\}|<(\w+)@([a-z-]+)>/g, (_, plain, coded, kind) => {
    const value = String(params[plain ?? coded] ?? "");
    const own = kind === undefined ? undefined : words[`${kind}-${value}`];
    return own === undefined ? value : wordTemplate(own, params);
  });
}
