// Makes typed functions of a catalog in messages/: `bun compile_messages.ts`, before every check and test.
import { compile } from "@inlang/paraglide-js";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";

const here = import.meta.dirname;

/** The languages of the dashboard: each file of messages/ is one. */
export const languages: string[] = readdirSync(join(here, "messages"))
  .filter((name) => name.endsWith(".json"))
  .map((name) => basename(name, ".json"))
  .toSorted();

/**
 * English that nobody reads: each message in brackets and a third longer, so that a test finds text outside the
 * catalogs and text that is cut.
 */
export const pseudoLanguage = "qps";

type Message = string | { match: Record<string, string> }[];

/** Before the code of each sentence of the server (ops/codes.json); English needs none. */
const serverPrefix = "server_";

type Catalog = Record<string, Message>;

function catalogOf(language: string): Catalog {
  if (language === pseudoLanguage)
    return mapTexts(catalogOf("en"), (text) => `⟦${text}${"~".repeat(Math.ceil(text.length / 3))}⟧`);
  const catalog: Catalog = JSON.parse(readFileSync(join(here, "messages", `${language}.json`), "utf8"));
  return catalog["language_direction"] === "rtl" ? mapTexts(catalog, isolateValues) : catalog;
}

function mapTexts(catalog: Catalog, change: (text: string) => string): Catalog {
  const changed = Object.entries(catalog).map(([key, message]): [string, Message] => {
    if (key.startsWith("language_")) return [key, message];
    if (typeof message === "string") return [key, change(message)];
    const parts = message.map((part) => ({
      ...part,
      match: Object.fromEntries(Object.entries(part.match).map(([form, text]) => [form, change(text)])),
    }));
    return [key, parts];
  });
  return Object.fromEntries(changed);
}

/** A name, URL or code keeps its own direction: without that the words after it change places with it. */
const isolateValues = (text: string): string => text.replace(/\{\w+\}/g, "\u2068$&\u2069");

export interface CompileOptions {
  /** Emptied first. */
  outdir: string;
  /** A module for each message, so that each screen loads its own; otherwise one module, which is quick to read. */
  isSplit: boolean;
}

/** Compiles one language, so that its build carries no other. */
export async function compileMessages(language: string, { outdir, isSplit }: CompileOptions): Promise<void> {
  const project = join(here, `.svelte-kit/${language}.inlang`);
  mkdirSync(project, { recursive: true });
  const catalog = catalogOf(language);
  writeFileSync(join(project, "catalog.json"), JSON.stringify(catalog));
  const settings = {
    baseLocale: language,
    locales: [language],
    modules: ["../node_modules/@inlang/plugin-message-format/dist/index.js"],
    "plugin.inlang.messageFormat": { pathPattern: "./{locale}.inlang/catalog.json" },
  };
  writeFileSync(join(project, "settings.json"), JSON.stringify(settings));
  const ofServer = Object.entries(catalog).filter(([key]) => key.startsWith(serverPrefix));
  const serverWords = Object.fromEntries(
    ofServer.map(([key, text]) => [key.slice(serverPrefix.length), text]),
  );
  await compile({
    project,
    additionalFiles: {
      "server_words.js": `/** @type {Record<string, string>} */\nexport default ${JSON.stringify(serverWords)};\n`,
    },
    outdir,
    outputStructure: isSplit ? "message-modules" : "locale-modules",
    strategy: ["baseLocale"],
    emitReadme: false,
    emitPrettierIgnore: false,
  });
}

if (import.meta.main)
  await compileMessages("en", { outdir: join(here, "src/lib/paraglide"), isSplit: false });
