// `bun run release:test`: a release as its users will meet it. Builds the image, brings compose.prod.yml up from nothing
// with the simulator as Meta, scales, rolls, kills and updates under load, backs up, destroys, restores, and compares.
// RELEASE_BUILD_ARGS adds arguments to docker build; RELEASE_SKIP_BUILD=1 takes the image that is there;
// RELEASE_PER_SECOND says how many messages come in a second.
import { chmodSync, rmSync } from "node:fs";
import { join } from "node:path";
import { root } from "./../prepare.ts";
import {
  configure,
  containersOf,
  dc,
  envFile,
  folder,
  keepLogs,
  owner,
  prepare,
  project,
  query,
  run,
  secrets,
  simulatorUrl,
  startMeta,
  stopMeta,
  url,
  waitHealthy,
} from "./release/engine.ts";
import { filesOfContacts, memory, portrait, conversationOf } from "./release/look.ts";
import { buildImage, buildNextImage, image } from "./release/images.ts";
import { addFile, backUp, post, simulate } from "./release/calls.ts";
import { say, seconds } from "./release/say.ts";
import { renewCertificate, update, updateByScript } from "./release/update.ts";
import { startLoad } from "../../e2e/support/load.ts";

process.env.NODE_TLS_REJECT_UNAUTHORIZED = "0";
const page = "104810069068200";
const contact = "24266381753005180";
const perSecond = Number(process.env.RELEASE_PER_SECOND ?? 200);

try {
  await test();
  say("Release test passed");
} catch (error) {
  say(`Release test FAILED: ${error instanceof Error ? error.message : String(error)}`);
  process.stdout.write(`${run("sh", ["-c", `docker ps -a --filter name=${project}`], { mayFail: true })}\n`);
  process.stdout.write(dc("logs", "--no-color", "--tail", "30", "api", "worker", "nginx", "migrate"));
  say(`The whole logs are in ${keepLogs()}`);
  process.exitCode = 1;
} finally {
  stopMeta();
  dc("down", "-v");
  rmSync(folder, { recursive: true, force: true });
}
process.exit();

async function test(): Promise<void> {
  prepare(image);
  if (process.env.RELEASE_SKIP_BUILD !== "1")
    buildImage((process.env.RELEASE_BUILD_ARGS ?? "").split(" ").filter(Boolean));
  buildNextImage();
  const bytes = Number(run("docker", ["image", "inspect", "-f", "{{.Size}}", image]));
  const base = Number(run("docker", ["image", "inspect", "-f", "{{.Size}}", "oven/bun:1.4.5-slim"]));
  say(`image: ${mb(bytes)}, of which ${mb(bytes - base)} is MessageSender and the rest its base`);

  const upAt = Date.now();
  dc("up", "-d");
  await waitHealthy("nginx");
  say(`up from nothing, ready after ${seconds(upAt)}`);
  say(`memory idle: ${memory()}`);

  startMeta();
  const { token, conversation, workspaceId } = await connectPage();
  await addFile(workspaceId, token);
  smoke();
  await backUp(token);
  say("a backup made and listed as the dashboard does it");

  configure(image, 2);
  updateByScript();
  await Promise.all([waitHealthy("api", 2), waitHealthy("worker", 2)]);
  say("two api and two workers");

  const appSecret = secrets.FACEBOOK_APP_SECRET;
  const contacts = { urls: [url], appSecret, page, perSecond, repliesPerSecond: 2, conversation, token };
  const disturbed = startLoad(contacts);
  say(`${perSecond} messages in and 2 replies out a second, from here on`);
  await Bun.sleep(5_000);
  for (const service of ["api", "worker"])
    for (const id of containersOf(service)) {
      const at = Date.now();
      run("docker", ["stop", id]);
      const took = seconds(at);
      run("docker", ["start", id]);
      await waitHealthy(service, 2);
      say(`rolled one ${service}: stopped in ${took}, healthy again after ${seconds(at)}`);
    }
  for (const service of ["api", "worker", "redis", "postgres", "nginx", "backup"]) {
    const [id = ""] = containersOf(service);
    const at = Date.now();
    run("docker", ["kill", id]);
    run("docker", ["start", id]);
    await waitHealthy(service, service === "api" || service === "worker" ? 2 : 1);
    say(`killed (-9) ${service}: healthy again after ${seconds(at)}`);
  }
  say(`memory under load: ${memory()}`);
  const first = await disturbed.stop();
  const second = await update(contacts);
  renewCertificate();
  const accepted = first.accepted + second.accepted;
  const replied = [...first.replied, ...second.replied];
  const [[stored = "0"] = []] = query("select count(*) from messaging.messages where mid like 'm_load_%'");
  say(
    `in: ${accepted} messages accepted, ${stored} stored; ${first.refused.length} calls had to be repeated`,
  );
  if (Number(stored) !== accepted) throw new Error("accepted messages are missing, or are there twice");
  const sent = await sentTexts(replied);
  say(
    `out: ${replied.length} replies accepted, ${sent.once} sent once, ${sent.twice} twice, ${sent.never} never`,
  );
  if (sent.once !== replied.length) throw new Error("replies are missing at Meta, or are there twice");

  // Quiet, so that before and after can be the same.
  dc("stop", "worker", "backup", "nginx");
  const before = portrait();
  const thread = query(conversationOf(conversation));
  const files = filesOfContacts();
  if (files.length === 0) throw new Error("there is no file to bring back");
  const backedUpAt = Date.now();
  say(dc("run", "--rm", "--no-deps", "backup", "apps/server/cli.js", "backup").trim());
  const file = join(folder, "latest.backup");
  const [api = ""] = containersOf("api");
  const name = run("docker", ["exec", api, "sh", "-c", "ls /backups | tail -1"]).trim();
  run("docker", ["cp", `${api}:/backups/${name}`, file]);
  chmodSync(file, 0o644);
  say(`backup taken out in ${seconds(backedUpAt)}`);

  stopMeta();
  dc("down", "-v");
  say("everything destroyed, with its volumes");
  dc("up", "-d", "postgres");
  await waitHealthy("postgres");
  const mount = ["-v", `${file}:/restore/latest.backup:ro`];
  say(
    dc(
      "run",
      "--rm",
      "--no-deps",
      ...mount,
      "api",
      "apps/server/cli.js",
      "restore",
      "/restore/latest.backup",
    ).trim(),
  );
  const after = portrait();
  const changed = before.filter((line, at) => line !== after[at]);
  if (changed.length > 0 || before.length !== after.length)
    throw new Error(`tables differ: ${changed.join("; ")}`);
  if (JSON.stringify(thread) !== JSON.stringify(query(conversationOf(conversation))))
    throw new Error("the conversation differs");
  say(
    `restored: ${before.length} tables have the same rows, and the conversation its ${thread.length} messages`,
  );
  dc("up", "-d");
  await waitHealthy("nginx");
  const back = new Set(filesOfContacts());
  const lost = files.filter((line) => !back.has(line));
  if (lost.length > 0) throw new Error(`files are missing or changed: ${lost.join("; ")}`);
  say(`restored: ${files.length} files of people, each the same`);
  startMeta();
  await connectPage(workspaceId);
  smoke();
}

function smoke(): void {
  const args = ["--url", url, "--env", envFile, "--page", page, "--person", contact];
  const out = run(process.execPath, [join(root, "ops/scripts/smoke.ts"), ...args]);
  say(`smoke: ${out.trim().split("\n").at(-1)} (${out.split("✓").length - 1} steps)`);
}

/** The owner logs in, and connects the simulator's first page by its token. */
async function connectPage(
  known?: string,
): Promise<{ token: string; workspaceId: string; conversation: string }> {
  const until = Date.now() + 60_000;
  const granted: { token: string } = await simulate("GET", `pages/${page}/token`);
  const { accessToken } = await post("/auth/login", owner);
  const workspaceId = known ?? (await post("/workspaces", { name: "Release" }, accessToken)).workspace.id;
  await post(`/workspaces/${workspaceId}/pages`, { pageId: page, accessToken: granted.token }, accessToken);
  await simulate("POST", `persons/${contact}/write`, { text: "Hello" });
  let id = "";
  while (!id) {
    const [[found = ""] = []] = query(
      `select c.id from messaging.contacts c join messaging.conversations v on v.id = c.id where c.psid = '${contact}'`,
    );
    id = found;
    if (!id && Date.now() > until) throw new Error("the person's message did not arrive");
  }
  return {
    token: accessToken,
    workspaceId,
    conversation: `/api/v1/workspaces/${workspaceId}/conversations/${id}`,
  };
}

/** How often each reply reached Meta, after enough time for all: uncertain ones are looked up first. */
async function sentTexts(texts: readonly string[]): Promise<{ once: number; twice: number; never: number }> {
  const deadline = Date.now() + 120_000;
  for (;;) {
    const answer = await fetch(`${simulatorUrl}/_simulator/sent?limit=100000`);
    const { messages }: { messages: { text?: string }[] } = await answer.json();
    const counts = new Map<string, number>();
    for (const { text = "" } of messages) counts.set(text, (counts.get(text) ?? 0) + 1);
    const times = texts.map((text) => counts.get(text) ?? 0);
    const never = times.filter((count) => count === 0).length;
    if (never === 0 || Date.now() > deadline)
      return {
        once: times.filter((count) => count === 1).length,
        twice: times.filter((count) => count > 1).length,
        never,
      };
    await Bun.sleep(1_000);
  }
}

function mb(size: number): string {
  return `${(size / 1_000_000).toFixed(0)} MB`;
}
