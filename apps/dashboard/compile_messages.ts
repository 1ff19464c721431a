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

const catalogPath = (language: string): string =>
  join(here, language === pseudoLanguage ? ".svelte-kit" : "messages", `${language}.json`);

function writePseudoCatalog(): void {
  const english: Record<string, Message> = JSON.parse(readFileSync(catalogPath("en"), "utf8"));
  const pseudo = (text: string) => `⟦${text}${"~".repeat(Math.ceil(text.length / 3))}⟧`;
  const catalog = Object.entries(english).map(([key, message]) => {
    if (key.startsWith("language_")) return [key, message];
    if (typeof message === "string") return [key, pseudo(message)];
    const parts = message.map((part) => ({
      ...part,
      match: Object.fromEntries(Object.entries(part.match).map(([form, text]) => [form, pseudo(text)])),
    }));
    return [key, parts];
  });
  writeFileSync(catalogPath(pseudoLanguage), JSON.stringify(Object.fromEntries(catalog)));
}

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
  const isPseudo = language === pseudoLanguage;
  if (isPseudo) writePseudoCatalog();
  const settings = {
    baseLocale: language,
    locales: [language],
    modules: ["../node_modules/@inlang/plugin-message-format/dist/index.js"],
    "plugin.inlang.messageFormat": {
      pathPattern: isPseudo ? "./{locale}.json" : "../messages/{locale}.json",
    },
  };
  writeFileSync(join(project, "settings.json"), JSON.stringify(settings));
  const catalog: Record<string, Message> = JSON.parse(readFileSync(catalogPath(language), "utf8"));
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
