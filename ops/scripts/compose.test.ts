import { mkdtemp, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";

/**
 * Runs "update" with a Docker that has one process of each service, starts another when asked to, and says of a new
 * one what `states` says by turns, the last for ever. Returns what it was asked for, too.
 */
async function update(...states: string[]) {
  const folder = await mkdtemp(join(tmpdir(), "ms-compose-"));
  const docker = `#!/bin/sh
cd ${folder}
echo "$*" >> calls
case "$*" in
  "compose version") ;;
  *" ps -q "*migrate) echo migrate ;;
  *" ps -q api") cat api ;;
  *" ps -q worker") cat worker ;;
  *"--scale api=2 api") echo new-api >> api ;;
  *"--scale worker=2 worker") echo new-worker >> worker ;;
  wait*) echo 0 ;;
  inspect*) sed -n 1p states; [ "$(wc -l < states)" -gt 1 ] && sed -i 1d states; true ;;
  logs*) echo "last words of $4" ;;
esac
`;
  await writeFile(join(folder, "docker"), docker, { mode: 0o755 });
  await writeFile(join(folder, "states"), `${states.join("\n")}\n`);
  for (const service of ["api", "worker"]) await writeFile(join(folder, service), `old-${service}\n`);
  const child = Bun.spawn([process.execPath, "ops/scripts/compose.ts", "update"], {
    env: { ...process.env, PATH: `${folder}:${process.env.PATH}` },
    stdout: "pipe",
    stderr: "pipe",
  });
  const [out, error] = await Promise.all([child.stdout, child.stderr].map((one) => new Response(one).text()));
  const calls = (await readFile(join(folder, "calls"), "utf8")).split("\n");
  return { status: await child.exited, said: `${out}${error}`, calls };
}

test.each([
  ["keeps ending, with 1", "running starting 0 0", "restarting unhealthy 1 1", "restarting unhealthy 3 1"],
  ["keeps ending", "running starting 3 0"],
  ["runs and is not ready", "running starting 0 0", "running unhealthy 0 0"],
])(
  "docker:prod:update removes a new process that %s at once, shows its last lines, and keeps the old one",
  async (trouble, ...states) => {
    const { status, said, calls } = await update(...states);

    expect(status).toBe(1);
    expect(said).toContain("last words of new-api");
    expect(said).toContain(`a new process ${trouble}. The new ones are gone; those from before go on`);
    expect(calls).toContain("rm -f -v new-api");
    expect(calls.filter((call) => /^(stop|rm -?f? ?)/.test(call) && call.includes("old"))).toEqual([]);
    expect(calls.some((call) => call.includes("worker=2"))).toBe(false);
  },
  30_000,
);

test("docker:prod:update continues with a new process that comes up after Docker restarts it", async () => {
  const { status, calls } = await update(
    "restarting unhealthy 1 1",
    "running starting 2 0",
    "running healthy 2 0",
  );

  expect(status).toBe(0);
  const [api, worker] = ["stop old-api", "stop old-worker"].map((call) => calls.indexOf(call));
  expect(api).toBeGreaterThan(0);
  expect(worker).toBeGreaterThan(api ?? 0);
  // With the volumes that have no name: each process of before would leave its own behind.
  expect(calls.filter((call) => call.startsWith("rm "))).toEqual(["rm -v old-api", "rm -v old-worker"]);
}, 60_000);
