import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join, normalize } from "node:path";

const src = "apps/dashboard/src/";
const lib = `${src}lib/`;
const statement = /(?:\bfrom|\bimport\(?)\s*"([^"]+)"/g;

const { dashboardRooms }: { dashboardRooms: Record<string, string[]> } = createRequire(import.meta.url)(
  "./boundaries.cjs",
);

export interface Violation {
  rule: string;
  text: string;
}

/**
 * The imports of a file of the dashboard's lib/ that the table `dashboardRooms` does not allow.
 *
 * dependency-cruiser compiles a Svelte component before it looks, and every `import type` is gone by then. This reads the
 * import statements themselves.
 */
export function violationsOf(path: string, source: string): Violation[] {
  const room = roomOf(path);
  const allowed = dashboardRooms[room];
  if (!allowed)
    return [
      { rule: "dashboard-room-known", text: `${path} is in no room of dashboardRooms in ops/boundaries.cjs` },
    ];
  return [...source.matchAll(statement)]
    .flatMap(([, specifier]) => (specifier === undefined ? [] : (resolve(path, specifier) ?? [])))
    .filter((target) => target.startsWith(lib) && ![room, "paraglide", ...allowed].includes(roomOf(target)))
    .map((target) => ({ rule: `dashboard-room-${room}`, text: `${path} imports ${target}` }));
}

/**
 * Imports of components that do not exist. TypeScript 7 takes each for some component or other, because Svelte declares
 * the module `*.svelte`.
 */
export function missingComponents(path: string, source: string): Violation[] {
  return [...source.matchAll(statement)]
    .flatMap(([, specifier]) => (specifier?.endsWith(".svelte") ? (resolve(path, specifier) ?? []) : []))
    .filter((target) => !existsSync(target))
    .map((target) => ({ rule: "dashboard-component-exists", text: `${path} imports ${target}` }));
}

/** Imports of the dashboard that break the table or name no file, and the number of files read. */
export async function checkDashboard(): Promise<{ files: number; violations: Violation[] }> {
  const paths = await Array.fromAsync(new Bun.Glob(`${src}**/*.{ts,svelte}`).scan());
  const violations = await Promise.all(
    paths.toSorted().map(async (path) => {
      const source = await readFile(path, "utf8");
      return [
        ...(path.startsWith(lib) ? violationsOf(path, source) : []),
        ...missingComponents(path, source),
      ];
    }),
  );
  return { files: paths.length, violations: violations.flat() };
}

/** The folder below lib/; empty for a file beside the rooms. */
function roomOf(path: string): string {
  const [room = "", ...rest] = path.slice(lib.length).split("/");
  return rest.length > 0 ? room : "";
}

/** Null for a package. */
function resolve(path: string, specifier: string): string | null {
  if (specifier.startsWith("#lib/")) return lib + specifier.slice("#lib/".length);
  return specifier.startsWith(".") ? normalize(join(dirname(path), specifier)) : null;
}

if (import.meta.main) {
  const { files, violations } = await checkDashboard();
  for (const { rule, text } of violations) process.stderr.write(`error ${rule}: ${text}\n`);
  process.stdout.write(`${violations.length} violations in ${files} files of the dashboard\n`);
  process.exit(violations.length === 0 ? 0 : 1);
}
