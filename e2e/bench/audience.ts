/**
 * Audiences of a million: live counts, filtered lists, bulk tagging, import and export, through the API of the real
 * app in this process and the embedded PostgreSQL, with the processor time that Postgres takes for each.
 *
 *     bun e2e/bench/audience.ts [--short]
 *
 * `--short` takes a tenth of the people.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createWorkspace, ensureOwner, readUserByEmail } from "#auth";
import { openDatabase, startJobs } from "#db";
import { jobHandlers } from "#messaging";
import { setLogLevel } from "#std";
import { createIngest } from "#webhooks";
import { createApp } from "../../apps/server/app.ts";
import { readConfig } from "../../apps/server/config.ts";
import { openSystem } from "../../apps/server/system.ts";
import { seedAudience } from "./audience_seed.ts";
import { postgresCpuMs } from "./support/postgres_cpu.ts";

const people = process.argv.includes("--short") ? 100_000 : 1_000_000;
const account = { email: "bench@example.com", password: "Korrekt-Pferd-7", name: "Bench" };

setLogLevel("error");
const dataDir = mkdtempSync(join(tmpdir(), "ms-audience-"));
const config = readConfig({
  DATA_DIR: dataDir,
  GRAPH_API_URL: "http://127.0.0.1:9",
});
const system = await openSystem(config);
const ingest = createIngest(system);
const app = createApp({ ...system, ingest, stopping: new AbortController().signal });
const jobs = startJobs(system, jobHandlers(system), { pollMs: 50 });
let peakBytes = 0;
const watching = setInterval(() => {
  peakBytes = Math.max(peakBytes, process.memoryUsage().rss);
}, 50);

try {
  await ensureOwner(system, account);
  const owner = await readUserByEmail(system.sql, account.email);
  const workspace = await createWorkspace(system, { name: "Bench", ownerId: owner?.id ?? "" });
  // A statement over a million rows may take longer than the product allows.
  const seeder = openDatabase(system.databaseUrl, { max: 1, statementTimeoutMs: 0 });
  const seeded = await seedAudience(seeder.sql, { workspaceId: workspace.id, contacts: people });
  await seeder.close();
  await run(`/api/v1/workspaces/${workspace.id}`, seeded);
} finally {
  clearInterval(watching);
  await jobs.stop();
  await ingest.stop();
  await system.close();
  rmSync(dataDir, { recursive: true, force: true });
}

async function run(
  base: string,
  { tagIds, fields, campaignId }: Awaited<ReturnType<typeof seedAudience>>,
): Promise<void> {
  const login = await send(null, "POST", "/api/v1/auth/login", JSON.stringify(account));
  const token = String(login.accessToken);
  const post = (path: string, body: unknown) => send(token, "POST", base + path, JSON.stringify(body));
  const get = (path: string) => send(token, "GET", base + path);
  const [tag = "", other = ""] = tagIds;
  const all = (...conditions: unknown[]) => ({ conditions: { match: "all", conditions } });
  const city = { field: "textField", fieldId: fields.city };
  const counts: Record<string, unknown> = {
    "window open": all({ field: "window", op: "open" }),
    "wrote within 30 days": all({ field: "lastInteraction", op: "within", days: 30 }),
    "has a tag": all({ field: "tags", op: "any", tagIds: [tag] }),
    "has not a tag": all({ field: "tags", op: "none", tagIds: [tag] }),
    "city is": all({ ...city, op: "is", value: "City7" }),
    "city contains": all({ ...city, op: "contains", value: "ty7" }),
    "score between": all({ field: "numberField", op: "between", fieldId: fields.score, from: 100, to: 900 }),
    "got a campaign": all({ field: "campaign", op: "received", campaignId }),
    "did not answer it": all({ field: "campaign", op: "notReplied", campaignId }),
    "thread is open": all({ field: "conversation", op: "any", statuses: ["open"] }),
    "open, and one of two": all(
      { field: "window", op: "open" },
      {
        match: "any",
        conditions: [
          { field: "tags", op: "any", tagIds: [other] },
          { ...city, op: "is", value: "City7" },
        ],
      },
    ),
  };
  for (const [name, body] of Object.entries(counts))
    await measure(`count: ${name}`, async () => String((await post("/segments/count", body)).count));
  const lists = {
    newest: "?source=ad",
    "by name": "?sort=name",
    "by last interaction": "?sort=lastInteraction",
    "with a tag": `?tagId=${tag}`,
    "window open": "?window=open",
  };
  for (const [name, query] of Object.entries(lists))
    await measure(`list: ${name}`, async () => {
      await get(`/contacts${query}`);
      return "";
    });

  const finished = async ({ transfer }: Record<string, unknown>): Promise<string> => {
    const { id } = Object(transfer);
    for (;;) {
      const state = Object((await get(`/contacts/transfers/${id}`)).transfer);
      if (state.status === "failed") throw new Error(state.error);
      if (state.status !== "running") return JSON.stringify(state.counts);
      await Bun.sleep(100);
    }
  };
  await measure(
    "bulk: tag a third",
    async () =>
      finished(
        await post("/contacts/bulk", { filter: { source: "link" }, action: { addTags: [tagIds[6]] } }),
      ),
    1,
  );
  await measure(
    "export: a third",
    async () => finished(await post("/contacts/export", { filter: { source: "link" }, format: "csv" })),
    1,
  );
  const pageId = Object((await get("/pages")).items)[0].id;
  const file = await writeCsv(join(dataDir, "people.csv"));
  await measure(
    "import: as many again",
    async () => {
      const { transfer } = await send(token, "POST", `${base}/contacts/import`, file);
      const mapping = { psid: "psid", name: "name", city: "field:city" };
      return await finished(await post(`/contacts/import/${Object(transfer).id}/start`, { mapping, pageId }));
    },
    1,
  );
  process.stdout.write(`memory of the app, peak: ${Math.round(peakBytes / 1e6)} MB\n`);
}

async function writeCsv(path: string): Promise<Bun.BunFile> {
  const writer = Bun.file(path).writer();
  writer.write("psid,name,city\n");
  for (let n = 0; n < people; n += 1)
    writer.write(`${8_000_000_000_000_000 + n},Person ${n},City${n % 500}\n`);
  await writer.end();
  return Bun.file(path);
}

/** Runs it a few times and prints the median, and Postgres' processor time of one. */
async function measure(name: string, work: () => Promise<string>, times = 3): Promise<void> {
  const took: number[] = [];
  let result = "";
  const before = await postgresCpuMs(system.sql);
  for (let n = 0; n < times; n += 1) {
    const startedAt = performance.now();
    result = await work();
    took.push(performance.now() - startedAt);
  }
  const after = await postgresCpuMs(system.sql);
  const median = Math.round(took.toSorted((a, b) => a - b)[Math.floor(times / 2)] ?? 0);
  const cpu =
    before === null || after === null ? "" : `${Math.round((after - before) / times)} ms of Postgres`;
  process.stdout.write(`${name.padEnd(30)} ${String(median).padStart(7)} ms   ${cpu.padEnd(24)} ${result}\n`);
}

async function send(
  token: string | null,
  method: string,
  path: string,
  body?: BodyInit,
): Promise<Record<string, unknown>> {
  const response = await app.handle(
    new Request(`http://localhost${path}`, {
      method,
      headers: {
        ...(token === null ? {} : { authorization: `Bearer ${token}` }),
        ...(typeof body === "string" ? { "content-type": "application/json" } : {}),
      },
      body,
    }),
  );
  const answer: unknown = await response.json();
  if (!response.ok) throw new Error(`${response.status} ${method} ${path}: ${JSON.stringify(answer)}`);
  return Object(answer);
}
