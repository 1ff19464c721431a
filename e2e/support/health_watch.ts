// `bun e2e/support/health_watch.ts <url> <pid>`: asks /health over one connection, every 20 ms, and writes how long each
// answer took. It has its own process, so the work of a test is not counted.
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

export interface HealthWatch {
  /** The longest wait in milliseconds since the last call. */
  worst(): Promise<number>;
  stop(): void;
}

/** Measures how long a server delays other requests, without the wait for a busy processor. */
export function watchHealth(url: string, pid: number): HealthWatch {
  const child = spawn(process.execPath, [fileURLToPath(import.meta.url), url, String(pid)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let longest = 0;
  let told = () => {};
  let rest = "";
  child.stdout.on("data", (chunk: Buffer) => {
    const lines = (rest + chunk.toString()).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) longest = Math.max(longest, Number(line));
    told();
  });
  const next = () => new Promise<void>((done) => (told = done));
  return {
    async worst() {
      // The first answer may belong to an earlier request; the second does not.
      await next();
      await next();
      const found = longest;
      longest = 0;
      return found;
    },
    stop: () => void child.kill(),
  };
}

/** How long a process was ready to run and had no processor, in milliseconds; 0 where the system does not tell. */
function starvedMs(pid: string): number {
  try {
    return Number(readFileSync(`/proc/${pid}/schedstat`, "utf8").split(" ")[1]) / 1e6;
  } catch {
    return 0;
  }
}

async function ask(url: string, pid: string): Promise<void> {
  const now = () => performance.now() - starvedMs(pid) - starvedMs("self");
  for (;;) {
    const began = now();
    await (await fetch(`${url}/health`)).text();
    process.stdout.write(`${Math.round(now() - began)}\n`);
    await Bun.sleep(20);
  }
}

const [, script, url, pid] = process.argv;
if (script === fileURLToPath(import.meta.url) && url !== undefined && pid !== undefined) await ask(url, pid);
