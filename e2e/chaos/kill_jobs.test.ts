import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { connectFleetPage, type Fleet, openWorkspace, startFleet } from "../support/fleet.ts";
import { type ApiClient, waitFor } from "../support/product.ts";

const lines = 30_000;

let fleet: Fleet;
let backups: string;
let api: ApiClient;
let accessToken: string;
let workspaceId: string;
let pageId: string;
beforeAll(async () => {
  backups = await mkdtemp(join(tmpdir(), "messagesender-killed-"));
  const env = { BACKUP_KEY: "0123456789abcdef".repeat(4), BACKUP_TARGET: backups, BACKUP_EVERY_MINUTES: "0" };
  fleet = await startFleet({ workers: 1, env });
  ({ api, accessToken, workspaceId } = await openWorkspace(fleet));
  ({ pageId } = await connectFleetPage(fleet, { api, workspaceId }));
}, 180_000);
afterAll(async () => {
  await fleet?.stop();
  await rm(backups, { recursive: true, force: true });
});

interface Transfer {
  status: string;
  counts: Record<string, number>;
}

async function upload(path: string, text: string): Promise<{ transfer: { id: string } }> {
  const response = await fetch(`${fleet.url}/api/v1${path}`, {
    method: "POST",
    headers: { authorization: `Bearer ${accessToken}`, "content-type": "text/csv" },
    body: text,
  });
  expect(response.status).toBe(201);
  return await response.json();
}

/** As if the half minute passed after which a dead process's jobs are taken over. */
async function endLeases(): Promise<void> {
  await fleet.database.sql`update jobs.jobs set leased_until = now() where leased_until is not null`;
}

test("kill -9 during an import: it continues, and each line counts once", { timeout: 180_000 }, async () => {
  const at = `/workspaces/${workspaceId}/contacts`;
  const rows = Array.from({ length: lines }, (_, n) => `${8_000_000 + n},Guest ${n}`);
  const { transfer } = await upload(`${at}/import?fileName=guests.csv`, ["PSID,Name", ...rows].join("\n"));
  const mapping = { PSID: "psid", Name: "name" };
  await api.post(`${at}/import/${transfer.id}/start`, { mapping, pageId });
  const now = async () => (await api.get<{ transfer: Transfer }>(`${at}/transfers/${transfer.id}`)).transfer;

  await waitFor(async () => ((await now()).counts.applied ?? 0) > 0, 60_000, "the first lines");
  await fleet.killWorker(0);
  const killed = await now();
  await endLeases();
  fleet.startWorker(0);
  await waitFor(async () => (await now()).status !== "running", 120_000, "the import to end");

  const [people] = await fleet.database.sql`select count(*)::int4 as n, count(distinct psid)::int4 as psids
      from messaging.contacts where page_id = ${pageId}`;
  expect(killed.status).toBe("running");
  expect(killed.counts.applied).toBeLessThan(lines);
  expect(await now()).toMatchObject({
    status: "done",
    counts: { read: lines, applied: lines, made: lines },
  });
  expect(people).toEqual({ n: lines, psids: lines });
});

test(
  "kill -9 during a backup: no partial backup is offered, and the next one is whole",
  { timeout: 120_000 },
  async () => {
    const offered = async () =>
      (await api.get<{ items: { name: string }[] }>("/system/backups")).items.map(({ name }) => name);
    fleet.startBackup();
    await api.post("/system/backups");
    await waitFor(async () => (await readdir(backups)).length > 0, 60_000, "the backup to begin");
    await fleet.killBackup();
    const left = await readdir(backups);

    expect(left.every((name) => name.endsWith(".draft"))).toBe(true);
    expect(await offered()).toEqual([]);
    await endLeases();
    fleet.startBackup();
    await waitFor(async () => (await offered()).length > 0, 60_000, "a backup to be made");
    expect(await offered()).toHaveLength(1);
    expect(fleet.log()).toContain("Made a backup and read it back");
  },
);
