// `bun run test`: starts the services of the tests, runs every check and test, and counts them in the last line.
// `bun run ok`: the same with the quick tests only, before every commit.
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildDashboard, bun, giveUp, install, root } from "./prepare.ts";

const checks: [name: string, command: string[]][] = [
  ["format", [bun, "fmt", "--check"]],
  ["lint", [bun, "run", "lint"]],
  ["types", [bun, "check"]],
  ["dashboard types", [bun, "run", "--cwd", "apps/dashboard", "types"]],
  ["boundaries", [bun, "run", "boundaries"]],
];

const [first, ...others] = process.argv.slice(2);
const isQuick = first === "--quick";
const forVitest = isQuick ? ["--project=unit", "--project=database", ...others] : process.argv.slice(2);

let passed = 0;
let failed = 0;

install();
bringServices();
if (!isQuick) buildDashboard();
// Beside the tests: tests that measure time run at the end, long after the checks.
const runs = await Promise.all([...checks.map(([name, command]) => check(name, command)), runTests()]);
process.stdout.write(runs.join(""));
process.stdout.write(`${passed} passed, ${failed} failed\n`);
process.exit(failed === 0 ? 0 : 1);

/** The output of a failed check, shown at the end: it would be lost among the lines of the tests. */
async function check(name: string, command: string[]): Promise<string> {
  const child = Bun.spawn(command, { cwd: root, stdin: "ignore", stdout: "pipe", stderr: "pipe" });
  const [out, errors, status] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ]);
  if (status === 0) passed += 1;
  else failed += 1;
  process.stdout.write(status === 0 ? `✓ ${name}\n` : `✗ ${name}\n`);
  return status === 0 ? "" : `✗ ${name}\n${out}${errors}\n`;
}

/** Problems besides failed tests. */
async function runTests(): Promise<string> {
  const report = join(mkdtempSync(join(tmpdir(), "messagesender-test-")), "report.json");
  const args = [
    "--bun",
    "vitest",
    "run",
    "--reporter=default",
    "--reporter=json",
    `--outputFile.json=${report}`,
  ];
  const child = Bun.spawn([bun, "x", ...args, ...forVitest], {
    cwd: root,
    stdio: ["ignore", "inherit", "inherit"],
  });
  const status = await child.exited;
  if (!existsSync(report)) {
    failed += 1;
    return "✗ tests: vitest ended without a report\n";
  }
  const summary = JSON.parse(readFileSync(report, "utf8"));
  passed += summary.numPassedTests;
  // A file that cannot be loaded has no tests of its own to count.
  const failedFiles = summary.testResults.filter(
    (file: { status: string; assertionResults: unknown[] }) =>
      file.status === "failed" && file.assertionResults.length === 0,
  ).length;
  failed += summary.numFailedTests + failedFiles;
  const leftOut = summary.testResults
    .flatMap((file: { assertionResults: { status: string; title: string }[] }) => file.assertionResults)
    .filter(
      (one: { status: string; title: string }) =>
        one.status !== "passed" && one.status !== "failed" && one.title.startsWith("is not installed:"),
    ).length;
  const skipped = summary.numPendingTests + summary.numTodoTests - leftOut;
  failed += skipped;
  if (status !== 0 && failed === 0) failed += 1;
  return skipped > 0 ? `✗ tests: ${skipped} skipped. What cannot run here must say what to install\n` : "";
}

/** Redis (unless Docker brings it) and a browser: found, or installed by apt where we may, else named. */
function bringServices(): void {
  const wanted: string[] = [];
  const hasDocker =
    process.env.TEST_SERVICES !== "local" &&
    spawnSync("docker", ["info"], { stdio: "ignore", timeout: 10_000 }).status === 0;
  if (!hasDocker && !process.env.TEST_REDIS_URL && !onPath("redis-server")) wanted.push("redis-server");
  if (
    !isQuick &&
    !process.env.CHROMIUM_PATH &&
    !["chromium", "chromium-browser", "google-chrome"].some(onPath)
  )
    wanted.push("chromium", "chromium-headless-shell");
  // 150 MB and 20 s more than Chromium alone. Where they cannot be installed, their walk is skipped.
  const others: string[] = [];
  if (!isQuick && !process.env.FIREFOX_PATH && !["firefox-esr", "firefox"].some(onPath))
    others.push("firefox-esr");
  if (!isQuick && !["WebKitWebDriver", "Xvfb"].every(onPath)) others.push("webkit2gtk-driver", "xvfb");
  const canInstall = process.getuid?.() === 0 && existsSync("/etc/debian_version");
  if (canInstall || process.env.CI) wanted.push(...others);
  else if (others.length > 0)
    process.stderr.write(`Not tested in every browser: ${others.join(" and ")} not installed.\n`);
  if (wanted.length === 0) return;
  if (!canInstall) {
    giveUp(
      `Cannot run the tests: install ${wanted.join(" and ")} first (Debian: apt-get install ${wanted.join(" ")}), ` +
        "or set TEST_REDIS_URL and CHROMIUM_PATH.",
    );
  }
  process.stderr.write(`Installing ${wanted.join(" and ")} …\n`);
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  spawnSync("apt-get", ["update", "-qq"], { stdio: "ignore", env });
  const result = spawnSync("apt-get", ["install", "-y", "-qq", "--no-install-recommends", ...wanted], {
    encoding: "utf8",
    env,
  });
  if (result.status !== 0)
    giveUp(`Cannot run the tests: apt-get install ${wanted.join(" ")} failed.\n${result.stderr}`);
}

function onPath(command: string): boolean {
  return Bun.which(command) !== null;
}
