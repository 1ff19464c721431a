// The update of a deployment, by the commands of the guide, as those outside of it see it.
import { join } from "node:path";
import { type LoadOptions, type LoadResult, startLoad } from "../../../e2e/support/load.ts";
import { root } from "../../prepare.ts";
import {
  configure,
  containersOf,
  dc,
  envFile,
  makeCertificate,
  project,
  query,
  run,
  url,
  waitHealthy,
} from "./engine.ts";
import { nextComment, nextImage, nextVersion, version } from "./images.ts";
import { nginxWorkers, servedCertificate } from "./look.ts";
import { say, seconds } from "./say.ts";

/** By the command of the guide, while people write and a client looks: none of them may notice. */
export async function update(contacts: LoadOptions): Promise<LoadResult> {
  const at = Date.now();
  await expectVersion(version);
  configure(nextImage, 2);
  const before = nginxWorkers();
  const load = startLoad(contacts);
  // A path that only the API answers, and the path of a monitor.
  const asked = [`${url}/api/v1/auth/setup`, `${url}/health/ready`];
  const watch = Bun.spawn([process.execPath, join(root, "ops/scripts/release/watch.ts"), ...asked], {
    stdin: "pipe",
    stdout: "pipe",
    env: process.env,
  });
  updateByScript();
  await waitHealthy("backup");
  await watch.stdin.end();
  const { answered, late, refused } = await new Response(watch.stdout).json();
  const result = await load.stop();
  await expectVersion(nextVersion);
  const [[comment] = []] = query("select obj_description('messaging'::regnamespace)");
  if (comment !== nextComment) throw new Error("the migration of the next version did not run");
  for (const service of ["api", "worker", "backup"])
    for (const id of containersOf(service)) {
      const runs = run("docker", ["inspect", "-f", "{{.Config.Image}}", id]).trim();
      if (runs !== nextImage) throw new Error(`${service} still runs ${runs}`);
    }
  say(`updated ${version} to ${nextVersion}, migration included: all healthy after ${seconds(at)}`);
  const wrong = `${late} not within half a minute, ${refused.length} refused`;
  say(`meanwhile a client and a monitor asked ten times a second: ${answered} answers, ${wrong}`);
  say(
    `and ${result.accepted + result.replied.length} messages and replies; ${result.refused.length} were refused`,
  );
  const seen = [...refused, ...result.refused];
  if (seen.length > 0) throw new Error(`the update was seen from outside:\n  ${seen.join("\n  ")}`);
  // At each reload nginx closes idle connections, and with some luck a call that is just coming on one of them.
  if (nginxWorkers() !== before) throw new Error("nginx began anew, though nothing of it was new");
  return result;
}

/** By the command of the guide for a certificate that was renewed. */
export function renewCertificate(): void {
  const before = servedCertificate();
  makeCertificate();
  dc("exec", "-T", "nginx", "sh", "/etc/nginx/own/run.sh", "reload");
  for (const until = Date.now() + 10_000; servedCertificate() === before; Bun.sleepSync(100))
    if (Date.now() > until) throw new Error("nginx shows the certificate from before");
  say("a renewed certificate is shown at once");
}

/** `bun run docker:prod:update` on this deployment. */
export function updateByScript(): void {
  const environment = { ENV_FILE: envFile, COMPOSE_PROJECT_NAME: project };
  run(process.execPath, [join(root, "ops/scripts/compose.ts"), "update"], { environment });
}

/** The answer of /health through nginx, if there is one. */
async function expectVersion(wanted: string): Promise<void> {
  const until = Date.now() + 60_000;
  let said = "";
  while (said !== wanted) {
    if (Date.now() > until) throw new Error(`/health says "${said}", and not version "${wanted}"`);
    // A connection from before may have died unseen while this process waited for Docker.
    const options = { keepalive: false, signal: AbortSignal.timeout(5_000) };
    const answer = await fetch(`${url}/health`, options).catch((error) => String(error));
    if (typeof answer === "string") said = answer;
    else said = answer.ok ? (await answer.json()).version : String(answer.status);
    await Bun.sleep(300);
  }
}
