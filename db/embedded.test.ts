import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import postgres from "postgres";
import { afterEach, beforeEach, expect, test } from "vitest";
import { startEmbeddedPostgres } from "#db";

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "messagesender-embedded-"));
  // As root, Postgres runs as another user, who needs access.
  await chmod(directory, 0o755);
});
afterEach(() => rm(directory, { recursive: true, force: true }));

const start = () => startEmbeddedPostgres(join(directory, "postgres"), { isDurable: false });

/** Whether it responds. */
async function answers(url: string): Promise<boolean> {
  const sql = postgres(url, { max: 1, connect_timeout: 2 });
  return await sql`select 1`
    .then(
      () => true,
      () => false,
    )
    .finally(() => sql.end());
}

test("startEmbeddedPostgres() shares one Postgres, which stops with its last user", async () => {
  const command = await start();
  const server = await start();
  expect(server.url).toBe(command.url);

  await command.stop();
  const goesOn = await answers(server.url);
  await server.stop();

  expect([goesOn, await answers(server.url)]).toEqual([true, false]);
});

test("startEmbeddedPostgres() starts Postgres again while another user stops it", async () => {
  for (let round = 0; round < 3; round += 1) {
    const command = await start();
    const [server] = await Promise.all([start(), command.stop()]);

    expect(await answers(server.url)).toBe(true);
    await server.stop();
  }
});

test("startEmbeddedPostgres() starts one Postgres for two concurrent callers", async () => {
  const first = await start();
  await first.stop();

  const both = await Promise.all([start(), start()]);

  expect(both[0].url).toBe(both[1].url);
  await both[0].stop();
  expect(await answers(both[1].url)).toBe(true);
  await both[1].stop();
  expect(await answers(both[1].url)).toBe(false);
});

test("the embedded Postgres continues for users whose connection was ended", async () => {
  const command = await start();
  const server = await start();
  const sql = postgres(server.url, { max: 1 });
  await sql`select pg_terminate_backend(pid) from pg_stat_activity
    where backend_type = 'client backend' and pid <> pg_backend_pid()`;
  await sql.end();
  await Bun.sleep(1_500);

  await command.stop();

  expect(await answers(server.url)).toBe(true);
  await server.stop();
  expect(await answers(server.url)).toBe(false);
});

test("startEmbeddedPostgres() initializes once for two concurrent first starts", async () => {
  const both = await Promise.all([start(), start()]);

  expect(both[0].url).toBe(both[1].url);
  expect(await answers(both[1].url)).toBe(true);
  for (const one of both) await one.stop();
});
