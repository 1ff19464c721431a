// The first step of both README commands. Runs before any installation: imports nothing from node_modules.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const root: string = fileURLToPath(new URL("..", import.meta.url));
export const bun: string = process.execPath;

/** Ends the process with one sentence for the user. */
export function giveUp(sentence: string): never {
  process.stderr.write(`${sentence}\n`);
  process.exit(1);
}

function hashOf(paths: readonly string[]): string {
  const hash = createHash("sha256");
  const add = (path: string) => {
    const full = join(root, path);
    if (!existsSync(full)) return;
    for (const entry of readdirSync(full, { withFileTypes: true }).toSorted((a, b) =>
      a.name < b.name ? -1 : 1,
    )) {
      const below = `${path}/${entry.name}`;
      if (entry.isDirectory()) {
        if (!["node_modules", "build", ".svelte-kit", "paraglide"].includes(entry.name)) add(below);
      } else {
        hash.update(below).update(readFileSync(join(root, below)));
      }
    }
  };
  for (const path of paths) {
    if (path.includes(".")) hash.update(readFileSync(join(root, path)));
    else add(path);
  }
  return hash.digest("hex");
}

/** Does `work` unless it was done for exactly these files before. */
function whenStale(stamp: string, inputs: readonly string[], work: () => void): void {
  const file = join(root, stamp);
  const wanted = hashOf(inputs);
  if (existsSync(file) && readFileSync(file, "utf8") === wanted) return;
  work();
  mkdirSync(join(file, ".."), { recursive: true });
  writeFileSync(file, wanted);
}

function run(what: string, args: readonly string[], cwd: string = root): void {
  process.stderr.write(`${what} …\n`);
  const result = spawnSync(bun, [...args], { cwd, encoding: "utf8", env: process.env });
  if (result.status === 0) return;
  giveUp(`Cannot go on: ${what.toLowerCase()} failed.\n${result.stdout ?? ""}${result.stderr ?? ""}`);
}

/**
 * Installs exactly the lock file, with our patches, and compiles the dashboard's catalogs, if any of these changed.
 */
export function install(): void {
  const inputs = ["bun.lock", "package.json", "apps/dashboard/package.json", "ops/patches"];
  whenStale("node_modules/.installed", inputs, () =>
    run("Installing packages", ["install", "--frozen-lockfile"]),
  );
  whenStale("apps/dashboard/src/lib/paraglide/.compiled", ["apps/dashboard/messages"], () =>
    run("Compiling the catalogs", ["compile_messages.ts"], join(root, "apps/dashboard")),
  );
}

/** Builds the dashboard when its sources or its packages changed. */
export function buildDashboard(): void {
  whenStale("apps/dashboard/build/.built", ["apps/dashboard", "bun.lock"], () =>
    run("Building the dashboard", ["run", "--bun", "build"], join(root, "apps/dashboard")),
  );
}
