// `bun run build`: the dashboard once for each language, in build/. They share each file that is the same, and differ
// by their page: build/en.html, build/es.html. `bun run build en` builds one language into what is there.
import { cpSync, existsSync, readdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { compileMessages, languages } from "./compile_messages.ts";

const isAddition = process.argv.length > 2;
const wanted = isAddition ? process.argv.slice(2) : languages;

const here = import.meta.dirname;
const work = join(here, ".svelte-kit");
const build = join(here, "build");
const version = String(Date.now());

if (!isAddition) rmSync(build, { recursive: true, force: true });
await Promise.all(wanted.map(buildLanguage));
for (const language of wanted) {
  const files = join(work, language, "build");
  for (const name of readdirSync(files).filter((name) => name.startsWith("index.html")))
    renameSync(join(files, name), join(files, name.replace("index", language)));
  // The version is that of the whole build.
  if (isAddition && existsSync(join(build, "_app")))
    rmSync(join(files, "_app/version.json"), { force: true });
  cpSync(files, build, { recursive: true });
}

async function buildLanguage(language: string): Promise<void> {
  await compileMessages(language, { outdir: join(work, language, "messages"), isSplit: true });
  const child = Bun.spawn([process.execPath, "--bun", "vite", "build"], {
    cwd: here,
    env: { ...process.env, DASHBOARD_LANGUAGE: language, DASHBOARD_VERSION: version },
    stdout: "ignore",
    stderr: "pipe",
  });
  const [errors, status] = await Promise.all([new Response(child.stderr).text(), child.exited]);
  if (status !== 0) throw new Error(`Cannot build the dashboard in "${language}":\n${errors}`);
}
