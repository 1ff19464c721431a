// Makes typed functions of a catalog in messages/: `bun compile_messages.ts`, before every check and test.
import { compile } from "@inlang/paraglide-js";
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";

const here = import.meta.dirname;

/** The languages of the dashboard: each file of messages/ is one. */
export const languages: string[] = readdirSync(join(here, "messages"))
  .filter((name) => name.endsWith(".json"))
  .map((name) => basename(name, ".json"))
  .toSorted();

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
  const settings = {
    baseLocale: language,
    locales: [language],
    modules: ["../node_modules/@inlang/plugin-message-format/dist/index.js"],
    "plugin.inlang.messageFormat": { pathPattern: "../messages/{locale}.json" },
  };
  writeFileSync(join(project, "settings.json"), JSON.stringify(settings));
  await compile({
    project,
    outdir,
    outputStructure: isSplit ? "message-modules" : "locale-modules",
    strategy: ["baseLocale"],
    emitReadme: false,
    emitPrettierIgnore: false,
  });
}

if (import.meta.main)
  await compileMessages("en", { outdir: join(here, "src/lib/paraglide"), isSplit: false });
