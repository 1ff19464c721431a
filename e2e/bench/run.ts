/** `bun run bench [--short]`: every bench, one after the other, so that none disturbs another. */
import { spawnSync } from "node:child_process";

const benches = ["ingest", "api_reads", "live", "audience", "campaign", "campaign_plan", "queues"] as const;
let isBroken = false;
for (const bench of benches) {
  process.stdout.write(`\n== ${bench}\n`);
  const { status } = spawnSync(
    process.execPath,
    [`${import.meta.dir}/${bench}.ts`, ...process.argv.slice(2)],
    { stdio: "inherit" },
  );
  if (status !== 0) isBroken = true;
}
process.exit(isBroken ? 1 : 0);
