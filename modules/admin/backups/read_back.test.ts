import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { parseKeyring, systemClock } from "#std";
import { createTestDatabase, type TestDatabase } from "../../../db/testing.ts";
import { makeBackup } from "./make_backup.ts";

let database: TestDatabase;
let bucket: ReturnType<typeof Bun.serve>;
const objects: string[] = [];
let first: Uint8Array | null = null;

/** A bucket that always returns the first object written. */
async function answer(request: Request): Promise<Response> {
  const name = decodeURIComponent(new URL(request.url).pathname);
  if (request.method === "PUT") {
    const bytes = new Uint8Array(await request.arrayBuffer());
    first ??= bytes;
    objects.push(name);
    return new Response(null, { headers: { etag: '"x"' } });
  }
  if (request.method === "DELETE") {
    objects.splice(objects.indexOf(name), 1);
    return new Response(null, { status: 204 });
  }
  if (new URL(request.url).searchParams.has("list-type"))
    return new Response("<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>", {
      headers: { "content-type": "application/xml" },
    });
  return new Response(first?.slice() ?? null);
}

beforeAll(async () => {
  database = await createTestDatabase();
  bucket = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: answer });
});
afterAll(async () => {
  await bucket.stop(true);
  await database.close();
});

test("makeBackup() does not keep a backup that reads back whole but is another one", async () => {
  const on = {
    databaseUrl: database.url,
    clock: systemClock,
    config: {
      version: "1.2.3",
      dataDir: await mkdtemp(join(tmpdir(), "ms-data-")),
      backup: {
        keyring: parseKeyring("0123456789abcdef".repeat(4)),
        place: {
          kind: "s3" as const,
          bucket: "backups",
          prefix: "",
          endpoint: `http://127.0.0.1:${bucket.port}`,
          region: "eu-central-1",
          accessKeyId: "id",
          secretAccessKey: "secret",
        },
        hasFiles: false,
        everyMinutes: 60,
        keepHours: 48,
        keepDays: 30,
      },
    },
  };
  await makeBackup(on);
  await database.sql`insert into auth.workspaces (name) values ('Made since')`;

  const making = makeBackup(on);

  await expect(making).rejects.toThrow("does not hold what was written");
  expect(objects).toHaveLength(1);
});
