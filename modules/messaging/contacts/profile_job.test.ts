import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openLedger } from "../testing/ledger.ts";
import type { MediaDeps } from "../media/deps.ts";
import { profileHandler } from "./profile_job.ts";

test("the image of a contact deleted during its download is not kept", async () => {
  const ledger = await openLedger();
  const { page, contacts } = await ledger.makePage(2);
  const [gone = { id: "" }, stays = { id: "" }] = contacts;
  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    async fetch({ url }) {
      if (url.endsWith(gone.id)) await ledger.sql`delete from messaging.contacts where id = ${gone.id}`;
      return new Response(Buffer.from("\u0089PNG\r\n\u001a\n", "latin1"));
    },
  });
  const host = `127.0.0.1:${server.port}`;
  const dataDir = await mkdtemp(join(tmpdir(), "ms-pictures-"));
  const read = async (contactId: string) => {
    const answer = async () => Response.json({ name: "Ann", profile_pic: `http://${host}/${contactId}` });
    const deps = ledger.depsWith({ fetch: answer } as never);
    const on = { ...deps, config: { dataDir, allowedMediaHosts: [host] } } as unknown as MediaDeps;
    await profileHandler(on).run({ workspaceId: page.workspaceId, contactId }, contactId);
  };

  await read(stays.id);
  await read(gone.id);

  const kept = await readdir(join(dataDir, "files"), { recursive: true });
  const [contact] = await ledger.sql`select picture_key from messaging.contacts where id = ${stays.id}`;
  expect(kept.filter((name) => name.includes("/"))).toEqual([contact?.picture_key]);
  await server.stop(true);
  await rm(dataDir, { recursive: true });
  await ledger.close();
});
