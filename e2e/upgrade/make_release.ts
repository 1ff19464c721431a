// `bun run release:database`: fills a database of the version that package.json names, and puts its backup beside this
// file, with what its migrations were. For the commit of a release; README.md says more.
import { spawnSync } from "node:child_process";
import { chmod, mkdtemp, readdir, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import packageJson from "../../package.json" with { type: "json" };
import { buildDashboard } from "../../ops/prepare.ts";
import { startProduct } from "../support/product.ts";
import startServices from "../support/services.ts";
import { fill } from "./fill.ts";
import { migrationHashes, releaseEnv } from "./release.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const { version } = packageJson;
buildDashboard();
const stopServices = await startServices();
const target = await mkdtemp(join(tmpdir(), "messagesender-release-"));
try {
  const product = await startProduct({ env: { ...releaseEnv, BACKUP_TARGET: target } });
  try {
    await fill(product);
    const { sql } = product.database;
    // Folded away within moments while the server runs.
    await product.kill();
    await sql`insert into messaging.campaign_deltas (campaign_id, counts)
      select id, '{"clicked": 1}' from messaging.campaigns limit 1`;
    await sql`insert into messaging.campaign_ranges (campaign_id, after)
      select id, gen_random_uuid() from messaging.campaigns limit 1`;
    const tables = await sql<{ name: string }[]>`
      select oid::regclass::text as name from pg_class
      where relkind in ('r', 'p') and not relispartition
        and relnamespace::regnamespace::text in ('auth', 'jobs', 'messaging', 'webhooks') order by 1`;
    for (const { name } of tables)
      if ((await sql.unsafe(`select 1 from ${name} limit 1`)).length === 0)
        throw new Error(
          `Cannot make the database of ${version}: ${name} is empty. Let fill.ts put something there`,
        );
    const made = spawnSync(process.execPath, ["apps/server/cli.ts", "backup"], {
      cwd: root,
      env: { ...product.env, LOG_LEVEL: "error" },
      encoding: "utf8",
    });
    if (made.status !== 0) throw new Error(`Cannot make the backup: ${made.stderr}`);
    const [name = ""] = await readdir(target);
    const path = fileURLToPath(new URL(version, import.meta.url));
    await rename(join(target, name), `${path}.backup`);
    await chmod(`${path}.backup`, 0o644);
    await writeFile(
      `${path}.json`,
      `${JSON.stringify({ version, migrations: await migrationHashes() }, null, 2)}\n`,
    );
    process.stdout.write(`${path}.backup: ${tables.length} tables. ${made.stdout}`);
  } finally {
    await product.stop();
  }
} finally {
  await stopServices();
  await rm(target, { recursive: true, force: true });
}
