/** `bun run bench [--short] [--large]`: every bench, one after the other, so that none disturbs another. */
import { spawnSync } from "node:child_process";
import { giveUp } from "../../ops/prepare.ts";

const benches = [
  "ingest",
  "api_reads",
  "api_reads --few-unread",
  "live",
  "dashboard",
  "audience",
  "campaign",
  "campaign_plan",
  "queues",
] as const;
const args = process.argv.slice(2);
const unknown = args.find((arg) => arg !== "--short" && arg !== "--large");
if (unknown) giveUp(`There is no "${unknown}" here: say --short, --large, or nothing`);
let isBroken = false;
for (const bench of benches) {
  process.stdout.write(`\n== ${bench}\n`);
  const [file = "", ...own] = bench.split(" ");
  const { status } = spawnSync(process.execPath, [`${import.meta.dir}/${file}.ts`, ...own, ...args], {
    stdio: "inherit",
  });
  if (status !== 0) isBroken = true;
}
process.exit(isBroken ? 1 : 0);
