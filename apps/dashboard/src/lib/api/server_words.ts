import {
  type Catalog,
  wordAnswer as wordBy,
  wordSentence as sentenceBy,
  type ServerSentence,
} from "./wording.ts";

declare const __LANGUAGE__: string | undefined;

const isEnglish = typeof __LANGUAGE__ === "undefined" || __LANGUAGE__ === "en";

let catalog: Catalog = {};
let loading: Promise<void> | null = null;

/** Loads the sentences of the server in the reader's language; English comes with each answer. */
export function loadServerWords(): Promise<void> {
  if (isEnglish) return Promise.resolve();
  return (loading ??= import("#lib/paraglide/server_words.js").then(
    (loaded) => void (catalog = loaded.default),
    // The English is there; the next answer tries again.
    () => void (loading = null),
  ));
}

/** The sentence in the reader's language, once the words are loaded; else its English. */
export function wordSentence(sentence: ServerSentence): string {
  return sentenceBy(catalog, sentence);
}

/** The answer with its sentences in the reader's language: no screen has to ask for each. */
export function wordAnswer<Data>(data: Data): Data {
  if (!isEnglish) wordBy(catalog, data);
  return data;
}
