// `bun ops/scripts/build_app.ts <folder>`: the application as it runs in production, in a folder of its own: the server
// in one bundle, its migrations, the dashboard, and the viewer of the API's description. Needs `bun install` before.
import { spawnSync } from "node:child_process";
import { cpSync, existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { bun, giveUp, root } from "../prepare.ts";

const [given = ""] = process.argv.slice(2);
if (!given) giveUp("Say into which folder: bun ops/scripts/build_app.ts /opt/messagesender/0.1.0");
const folder = resolve(given);
if (existsSync(join(folder, "apps")))
  giveUp(`${folder} has an application already: give each build a folder`);

run("run", "--cwd", "apps/dashboard", "build");
const small = ["--target=bun", "--splitting", "--minify-syntax", "--minify-whitespace"];
// An image is built without the repository, so the version is passed.
const { stdout } = spawnSync("git", ["rev-parse", "--short", "HEAD"], { cwd: root, encoding: "utf8" });
const commit = stdout?.trim();
const says = commit ? ["--define", `process.env.MESSAGESENDER_COMMIT=${JSON.stringify(commit)}`] : [];
const server = join(folder, "apps/server");
run("build", "apps/server/main.ts", "apps/server/cli.ts", ...small, ...says, "--outdir", server);
cpSync(join(root, "db/migrations"), join(server, "migrations"), { recursive: true });
cpSync(join(root, "apps/dashboard/build"), join(folder, "apps/dashboard/build"), { recursive: true });
for (const name of ["package.json", "swagger-ui.css", "swagger-ui-bundle.js", "LICENSE"])
  cpSync(
    join(root, "node_modules/swagger-ui-dist", name),
    join(folder, "node_modules/swagger-ui-dist", name),
  );

function run(...args: string[]): void {
  const { status } = spawnSync(bun, args, { cwd: root, stdio: "inherit" });
  if (status !== 0) giveUp(`Cannot build: "bun ${args[0]}" ended with ${status}`);
}
