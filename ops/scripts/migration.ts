// `bun run migration -- --name <what_it_does>`: writes the migration from the newest snapshot of the schema to
// db/tables, and keeps the snapshot of that one only, formatted.
import { spawnSync } from "node:child_process";
import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { root } from "../prepare.ts";

const args = ["x", "drizzle-kit", "generate", "--config", "ops/drizzle.config.ts", ...process.argv.slice(2)];
const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: "inherit" });
if (status === 0) {
  const folder = join(root, "db/migrations/meta");
  const snapshots = readdirSync(folder).filter((name) => name.endsWith("_snapshot.json"));
  for (const name of snapshots.toSorted().slice(0, -1)) rmSync(join(folder, name));
  spawnSync(process.execPath, ["fmt", folder], { cwd: root });
}
process.exit(status ?? 1);
