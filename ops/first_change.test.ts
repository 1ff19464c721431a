import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";

const root = fileURLToPath(new URL("..", import.meta.url));
const notCopied = new Set(["node_modules", "build", ".svelte-kit", ".git", ".data", "test-results"]);

interface Block {
  language: string;
  text: string;
}

/** The fenced blocks of the document, in its order. */
function blocksOf(document: string): Block[] {
  return [...document.matchAll(/^```(\w+)\n(.*?)^```$/gms)].map(([, language = "", text = ""]) => ({
    language,
    text,
  }));
}

let copy: string;
beforeAll(() => {
  copy = mkdtempSync(join(tmpdir(), "messagesender-first-change-"));
  // Postgres, which runs as another user when this is root, reads its migrations from here.
  spawnSync("chmod", ["755", copy]);
  cpSync(root, copy, { recursive: true, filter: (path) => !notCopied.has(basename(path)) });
  for (const folder of ["", "apps/dashboard"])
    symlinkSync(join(root, folder, "node_modules"), join(copy, folder, "node_modules"));
});
afterAll(() => rmSync(copy, { recursive: true, force: true }));

/** In the copy, as a user at a terminal: with its own services, beside those of this test run. */
function run(command: readonly string[], input = ""): string {
  const { TEST_DATABASE_URL: _url, VITEST: _vitest, NODE_ENV: _mode, ...env } = process.env;
  const { status, stdout, stderr } = spawnSync(command[0] ?? "", command.slice(1), {
    cwd: copy,
    encoding: "utf8",
    input,
    env: { ...env, PATH: `${join(process.execPath, "..")}:${env.PATH}` },
  });
  if (status !== 0) throw new Error(`${command.join(" ")}: ${status}\n${stdout}\n${stderr}`);
  return `${stdout}${stderr}`;
}

const migrations = () => readdirSync(join(copy, "db/migrations")).filter((name) => name.endsWith(".sql"));

test("ops/docs/first-change.md leads from a table to a passing test, by its edits and commands in order", () => {
  const document = readFileSync(join(root, "ops/docs/first-change.md"), "utf8");
  const before = new Set(migrations());
  const outputs: string[] = [];

  for (const { language, text } of blocksOf(document)) {
    // One line of context is enough: the lines around an edit may move and change.
    if (language === "diff") run(["git", "apply", "--recount", "-C1"], text);
    if (language === "sh")
      for (const line of text.trim().split("\n")) outputs.push(run(["bash", "-c", line]));
    if (language === "sql") {
      const [added = ""] = migrations().filter((name) => !before.has(name));
      expect(readFileSync(join(copy, "db/migrations", added), "utf8").trim()).toBe(text.trim());
    }
  }

  expect(run(["bash", "-c", "bun run migration -- --name nothing_left"])).toContain("No schema changes");
  expect(outputs.join("\n")).toMatch(/Tests .*2 passed/);
  expect(readFileSync(join(copy, "ops/openapi.json"), "utf8")).toContain('"nickname"');
}, 180_000);
