import { spawnSync } from "node:child_process";
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { openDatabase, startEmbeddedPostgres } from "#db";

const root = fileURLToPath(new URL("../../..", import.meta.url));

test("a command beside a server with the embedded Postgres leaves it running", async () => {
  const dataDir = await mkdtemp(join(tmpdir(), "messagesender-command-"));
  // As root, Postgres runs as another user, who needs access.
  await chmod(dataDir, 0o755);
  const postgres = await startEmbeddedPostgres(join(dataDir, "postgres"), { isDurable: false });
  const database = openDatabase(postgres.url, { max: 1, applicationName: "test" });

  const { stderr } = spawnSync(
    process.execPath,
    ["apps/server/cli.ts", "add-member", "--email", "ann@example.com", "--name", "Ann", "--role", "viewer"],
    { cwd: root, encoding: "utf8", env: { PATH: process.env.PATH, DATA_DIR: dataDir } },
  );

  // It got as far as the workspaces, and there is none.
  expect(stderr).toContain("There is no workspace yet");
  const [row] = await database.sql`select count(*)::int4 as workspaces from auth.workspaces`;
  expect(row).toEqual({ workspaces: 0 });
  await database.close();
  await postgres.stop();
  await rm(dataDir, { recursive: true, force: true });
});
