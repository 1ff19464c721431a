import { rm } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { type JobRunner, startJobs } from "#db";
import { jobHandlers } from "#messaging";
import { apiRequest } from "../../apps/server/testing/api_request.ts";
import { until } from "../../modules/std/testing.ts";
import { inhabit, type Inhabited } from "../../apps/server/testing/inhabited.ts";

let world: Inhabited;
let jobs: JobRunner | undefined;
beforeAll(async () => {
  world = await inhabit();
});
afterEach(async () => {
  await jobs?.stop();
  await mend();
});
afterAll(() => world.close());

interface Transfer {
  id: string;
  status: string;
  error: string | null;
  counts: Record<string, number>;
  canStart: boolean;
  undoUntil: string | null;
}

const call = (method: string, path: string, body?: unknown) =>
  world.request(method, path, { body, token: world.tokens.owner });

async function started(path: string, body: unknown = {}): Promise<Transfer> {
  const response = await call("POST", `/contacts${path}`, body);
  const answer = await response.json();
  expect(response.status, JSON.stringify(answer)).toBeLessThan(300);
  return answer.transfer;
}

const uploaded = (text: string) => started("/import", new Blob([text]));

async function read(id: string): Promise<Transfer> {
  return (await (await call("GET", `/contacts/transfers/${id}`)).json()).transfer;
}

/** Runs a transfer's job at its last attempt. */
async function lastAttempt({ id }: Transfer): Promise<Transfer> {
  await world.system.sql`update jobs.jobs set attempts = 7, run_at = now() where key = ${id}`;
  jobs = startJobs(world.system, jobHandlers(world.system), { pollMs: 20 });
  const transfer = await until("a transfer to end", async () => {
    const one = await read(id);
    return one.status === "running" ? null : one;
  });
  await jobs.stop();
  return transfer;
}

/** Every write to a table fails, as on a disk with a fault. */
const breakTable = (table: string) =>
  world.system.sql.unsafe(`
    create function public.broken() returns trigger language plpgsql as $$ begin raise 'page 7 of relation is damaged'; end $$;
    create trigger broken before insert or update or delete on ${table} for each row execute function public.broken()`);
const mend = () => world.system.sql`drop function if exists public.broken cascade`;

async function runAgain({ id }: Transfer): Promise<Transfer> {
  const [job] = await world.system.sql`select id::int4, last_error from jobs.jobs where key = ${id}`;
  expect(job?.last_error).toContain("page 7 of relation is damaged");
  const url = `http://localhost/api/v1/system/jobs/${job?.id}/retry`;
  const again = await world.app.handle(apiRequest("POST", url, { token: world.tokens.owner }));
  expect(again.status).toBe(200);
  jobs = startJobs(world.system, jobHandlers(world.system), { pollMs: 20 });
  return await until("a transfer to be done", async () => {
    const one = await read(id);
    return one.status === "done" || one.status === "undone" ? one : null;
  });
}

test("a bulk action that fails finally ends as failed, without internals, and continues when retried", async () => {
  const { tagId = "" } = world.here.ids;
  await breakTable("messaging.contact_tags");
  const transfer = await started("/bulk", { filter: {}, action: { addTags: [tagId] } });

  const failed = await lastAttempt(transfer);
  await mend();
  const done = await runAgain(transfer);

  expect(failed).toMatchObject({ status: "failed", canStart: false });
  expect(failed.error).toBe(
    "Cannot finish: an error of this installation came again and again; see System health. Changes so far stay: repeat it for the others, or undo it",
  );
  expect(done).toMatchObject({ status: "done", error: null });
  expect(done.counts.changed).toBeGreaterThan(0);
});

test("an undo that fails finally ends as failed and can be requested again", async () => {
  const action = { unsubscribe: { reason: "Asked by post" } };
  const bulk = await started("/bulk", { filter: {}, action });
  await lastAttempt(bulk);
  await breakTable("messaging.contacts");
  const undoing = await started(`/transfers/${bulk.id}/undo`);

  const failed = await lastAttempt(undoing);
  await mend();
  await started(`/transfers/${bulk.id}/undo`);
  const undone = await lastAttempt(undoing);

  expect(failed).toMatchObject({ status: "failed" });
  expect(failed.error).toContain("undo it again, and it continues where it stopped");
  expect(failed.undoUntil).not.toBeNull();
  expect(undone).toMatchObject({ status: "undone", error: null });
});

test("a bulk action on a deleted segment ends at once with the reason", async () => {
  const made = await call("POST", "/segments", {
    name: "Short-lived",
    kind: "static",
  });
  const { segment } = await made.json();
  const transfer = await started("/bulk", {
    filter: { segmentId: segment.id },
    action: { subscribe: { reason: "Asked by post" } },
  });
  await call("DELETE", `/segments/${segment.id}`);

  jobs = startJobs(world.system, jobHandlers(world.system), { pollMs: 20 });
  const failed = await until("a transfer to end", async () => {
    const one = await read(transfer.id);
    return one.status === "running" ? null : one;
  });

  expect(failed.error).toBe("Cannot find this segment: it does not exist or you have no access to it");
  expect(await world.system.sql`select 1 from jobs.jobs where key = ${transfer.id}`).toHaveLength(0);
});

test("an import, an export and a segment of a file that fail finally end as failed with a remedy", async () => {
  const { pageId = "" } = world.here.ids;
  const [imported, named, lost] = [
    await uploaded("psid\n70990"),
    await uploaded("psid\n70991"),
    await uploaded("psid\n70992"),
  ];
  const [row] = await world.system
    .sql`select file_key from messaging.contact_transfers where id = ${lost.id}`;
  await rm(join(world.system.config.dataDir, "files", row?.file_key));
  await started(`/import/${imported.id}/start`, { mapping: { psid: "psid" }, pageId });
  await started(`/import/${named.id}/segment`, { column: "psid", name: "Never made" });
  await started(`/import/${lost.id}/start`, { mapping: { psid: "psid" }, pageId });
  const exported = await started("/export", { filter: {}, format: "csv" });
  await breakTable("messaging.contact_import_rows");
  await world.system.sql.unsafe(
    "create trigger broken before update on messaging.contact_transfers for each row when (new.file_key is distinct from old.file_key) execute function public.broken()",
  );

  const ended = [];
  for (const one of [imported, named, lost, exported]) ended.push(await lastAttempt(one));

  expect(ended.map(({ status }) => status)).toEqual(["failed", "failed", "failed", "failed"]);
  const errors = ended.map(({ error }) => error ?? "");
  expect(errors[0]).toContain("import the file again for the rest");
  expect(errors[1]).toContain("No segment was created: upload the file again");
  expect(errors[2]).toBe("Cannot finish: the file is no longer stored. Upload it again");
  expect(errors[3]).toContain("Export again");
  expect(errors.join()).not.toContain("damaged");
});
