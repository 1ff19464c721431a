/**
 * Measures what a person notices: how long the server takes to start, how much memory it holds, and how long a message
 * takes from Meta's POST to a browser, with the real server, a durable Postgres and Chromium on this machine.
 *
 *     bun e2e/bench/live.ts [--short]
 */
import { spawn } from "node:child_process";
import { createHmac, randomUUID } from "node:crypto";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { freePort, startEmbeddedPostgres } from "#db";
import { launchBrowser, logIn, openWindow } from "../support/browser.ts";
import { appSecret, connectPage, type Product, startProduct } from "../support/product.ts";
import startServices from "../support/services.ts";

const count = process.argv.includes("--short") ? 200 : 2_000;
const pauseMs = 10;
const root = fileURLToPath(new URL("../..", import.meta.url));

const starts = await measureStarts();
const directory = await mkdtemp(join(tmpdir(), "messagesender-bench-"));
await Bun.$`chmod 755 ${directory}`.quiet();
const postgres = await startEmbeddedPostgres(directory);
process.env.TEST_DATABASE_URL = postgres.url;
process.env.TEST_SERVICES = "local";
const stopServices = await startServices();
try {
  const product = await startProduct();
  try {
    const idleMb = await memoryMb(product, "VmRSS");
    const latencies = await measureLive(product);
    const peakMb = await memoryMb(product, "VmHWM");
    const at = (share: number) =>
      latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * share))] ?? 0;
    const rows = {
      "first start, empty folder (s)": starts.first,
      "second start (s)": starts.second,
      "idle memory (MB)": idleMb,
      "peak memory (MB)": peakMb,
      "webhook to browser p50 (ms)": at(0.5),
      "webhook to browser p99 (ms)": at(0.99),
    };
    for (const [what, value] of Object.entries(rows))
      process.stdout.write(`${what.padEnd(34)}${value.toFixed(1).padStart(10)}\n`);
    process.stdout.write(`${JSON.stringify({ bench: "live", count, ...rows })}\n`);
  } finally {
    await product.stop();
  }
} finally {
  await stopServices();
  await postgres.stop();
  await rm(directory, { recursive: true, force: true });
}

/** From the process to its first 200 of /health/ready, with the embedded Postgres: on an empty folder, and again. */
async function measureStarts(): Promise<{ first: number; second: number }> {
  const dataDir = await mkdtemp(join(tmpdir(), "messagesender-bench-"));
  await Bun.$`chmod 755 ${dataDir}`.quiet();
  const seconds: number[] = [];
  for (let round = 0; round < 2; round += 1) {
    const port = await freePort();
    const startedAt = performance.now();
    const child = spawn(process.execPath, [join(root, "apps/server/main.ts")], {
      cwd: root,
      stdio: "ignore",
      env: { PATH: process.env.PATH, PORT: String(port), DATA_DIR: dataDir },
    });
    const ended = new Promise((done) => child.once("exit", done));
    while (!(await fetch(`http://127.0.0.1:${port}/health/ready`).catch(() => null))?.ok) {
      if (child.exitCode !== null) throw new Error(`The server ended with ${child.exitCode}`);
      await Bun.sleep(10);
    }
    seconds.push((performance.now() - startedAt) / 1000);
    child.kill("SIGTERM");
    await ended;
  }
  await rm(dataDir, { recursive: true, force: true });
  return { first: seconds[0] ?? 0, second: seconds[1] ?? 0 };
}

async function memoryMb(product: Product, field: "VmRSS" | "VmHWM"): Promise<number> {
  const status = await readFile(`/proc/${product.pid()}/status`, "utf8");
  return Number(new RegExp(`${field}:\\s+(\\d+)`).exec(status)?.[1] ?? Number.NaN) / 1024;
}

async function measureLive(product: Product): Promise<number[]> {
  const { workspaceId, facebookPageId } = await connectPage(product);
  const browser = await launchBrowser();
  const { page } = await openWindow(browser);
  await logIn(page, product);
  // A stream of its own beside the dashboard's, which notes when each message is heard.
  await page.evaluate(async (address) => {
    const heard: number[] = [];
    Object.assign(globalThis, { heard });
    const source = new EventSource(address);
    source.addEventListener("message", () => heard.push(performance.timeOrigin + performance.now()));
    await new Promise((done) => source.addEventListener("hello", done));
  }, `/api/v1/workspaces/${workspaceId}/live`);

  const latencies: number[] = [];
  for (let n = 0; n < count; n += 1) {
    const body = JSON.stringify({
      object: "page",
      entry: [
        {
          id: facebookPageId,
          time: Date.now(),
          messaging: [
            {
              sender: { id: String(9_000 + (n % 200)) },
              recipient: { id: facebookPageId },
              timestamp: Date.now(),
              message: { mid: `m_${randomUUID()}`, text: `message ${n}` },
            },
          ],
        },
      ],
    });
    const signature = createHmac("sha256", appSecret).update(body).digest("hex");
    const sentAt = performance.timeOrigin + performance.now();
    await fetch(`${product.url}/api/v1/webhooks/facebook`, {
      method: "POST",
      headers: { "content-type": "application/json", "x-hub-signature-256": `sha256=${signature}` },
      body,
    });
    const heardAt = await page.evaluate(async (wanted) => {
      const { heard } = globalThis as unknown as { heard: number[] };
      while (heard.length <= wanted) await new Promise((done) => setTimeout(done, 1));
      return heard[wanted] ?? 0;
    }, n);
    latencies.push(heardAt - sentAt);
    await Bun.sleep(pauseMs);
  }
  await browser.close();
  return latencies.toSorted((a, b) => a - b);
}
