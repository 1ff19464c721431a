import { join, resolve } from "node:path";
import type { BackupSettings } from "#admin";
import type { MailServer } from "#mail";
import { deriveKey, type Keyring, loadLocalSecrets, type LocalSecrets, parseKeyring, trimEnd } from "#std";
import packageJson from "../../package.json" with { type: "json" };
import { readMailServer } from "./mail_settings.ts";
import { createEnvReader, type Environment, fromFile } from "./env_reader.ts";

/** `all` is the three others in one process. */
export type Role = "api" | "worker" | "backup" | "all";

export interface Config {
  version: string;
  /** The commit of the image or bundle; null: unknown. */
  commit: string | null;
  isProduction: boolean;
  role: Role;
  port: number;
  host: string;
  appUrl: string;
  dataDir: string;
  /** Null: the embedded Postgres in the data folder. */
  databaseUrl: string | null;
  /** Null: this process serves itself. */
  redisUrl: string | null;
  jwtSecret: string;
  jwtRefreshSecret: string;
  keyring: Keyring;
  appId: string;
  /** The first signs our calls; all are valid for webhooks, so a secret can be replaced. */
  appSecrets: readonly string[];
  /** Meta repeats it when the callback URL is saved. */
  verifyToken: string;
  graphUrl: string;
  graphVersion: string;
  /** The URL of Meta's login dialog. */
  dialogUrl: string;
  /** Facebook Login for Business refuses scopes in the URL and requires this instead. */
  loginConfigId: string | null;
  /** Hosts at private addresses that media may come from: the Graph API's own, when that is the simulator. */
  allowedMediaHosts: readonly string[];
  /** The URL of the simulated phones, if the simulator plays Meta. */
  simulatorUrl: string | null;
  owner: { email: string; password: string } | null;
  /** Opens the demo workspace at the start, and creates an owner for it if there is none. */
  hasDemo: boolean;
  /** The contact on the privacy page. */
  operator: { name: string | null; email: string | null };
  trustedProxies: readonly string[];
  /** How long a stopping process accepts requests while readiness is 503. */
  drainSeconds: number;
  /** Other sites whose pages may call the API with a bearer token; none by default. */
  corsOrigins: readonly string[];
  /** How many requests one address may make in a minute; 0: as many as it likes. */
  requestsPerMinute: number;
  /** Allows reading /metrics from other machines. */
  metricsToken: string | null;
  /** How many workspaces this installation may have. */
  workspaceLimit: number;
  /** Null: no mail is set up. */
  mailServer: MailServer | null;
  /** Null: no backups, as there is no key for them. */
  backup: BackupSettings | null;
  sentryDsn: string | null;
  logLevel: "debug" | "info" | "warn" | "error";
}

/** Everything that is wrong with the environment, in plain words. */
export class ConfigError extends Error {
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(
      `Cannot start: ${problems.length} setting(s) need attention\n${problems.map((line) => `  - ${line}`).join("\n")}`,
    );
    this.name = "ConfigError";
    this.problems = problems;
  }
}

/** The placeholder of .env.prod.example. */
const placeholder = "CHANGE_ME";
const simulatorAppId = "1517776481860111";
const metaGraphUrl = "https://graph.facebook.com";

/** `host:port` of a local address under each of its names. */
function localNames(address: string): string[] {
  const { hostname, port, protocol } = new URL(address);
  const at = port || (protocol === "https:" ? "443" : "80");
  return ["localhost", "127.0.0.1"].includes(hostname)
    ? [`localhost:${at}`, `127.0.0.1:${at}`]
    : [`${hostname}:${at}`];
}

/** The target of BACKUP_TARGET: `s3://bucket/folder`, or a local folder. */
function backupPlace(text: (name: string) => string | undefined, dataDir: string): BackupSettings["place"] {
  const target = text("BACKUP_TARGET") ?? join(dataDir, "backups");
  const [, bucket, prefix = ""] = /^s3:\/\/([^/]+)(?:\/(.*))?$/.exec(target) ?? [];
  if (!bucket) return { kind: "disk", directory: resolve(target) };
  return {
    kind: "s3",
    bucket,
    prefix: trimEnd(prefix, /\//),
    endpoint: text("BACKUP_S3_ENDPOINT"),
    region: text("BACKUP_S3_REGION"),
    accessKeyId: text("BACKUP_S3_ACCESS_KEY_ID"),
    secretAccessKey: text("BACKUP_S3_SECRET_ACCESS_KEY"),
  };
}

/**
 * Reads and checks the environment; nothing else reads it. Collects all problems before it throws. Outside production
 * it generates missing secrets once and keeps them in the data folder.
 */
export function readConfig(env: Environment): Config {
  const reader = createEnvReader(env);
  const { problems, text, list, choice, wholeNumber, url } = reader;
  const isProduction = env.NODE_ENV === "production";
  const dataDir = resolve(text("DATA_DIR") ?? ".data");

  const port = wholeNumber("PORT", 4000);
  const workspaceLimit = wholeNumber("WORKSPACE_LIMIT", 5);
  const role = choice<Role>("ROLE", ["api", "worker", "backup", "all"], "all");
  const drainSeconds = wholeNumber("DRAIN_SECONDS", isProduction ? 2 : 0);
  if (drainSeconds > 5)
    problems.push("DRAIN_SECONDS is more than 5: a process has 20 seconds to stop in all");
  const requestsPerMinute = wholeNumber("RATE_LIMIT_PER_MINUTE", 3_000);
  const corsOrigins = list("CORS_ORIGINS");
  for (const origin of corsOrigins)
    if (!URL.canParse(origin) || new URL(origin).origin !== origin)
      problems.push(
        `CORS_ORIGINS has "${origin}": write origins such as https://crm.example.com, with commas`,
      );
  const metricsToken = text("METRICS_TOKEN") ?? null;
  if (metricsToken !== null && metricsToken.length < 16)
    problems.push("METRICS_TOKEN is too short: use at least 16 characters");
  const databaseUrl = url("DATABASE_URL", ["postgres:", "postgresql:"], null);
  const redisUrl = url("REDIS_URL", ["redis:", "rediss:", "unix:"], null);
  const appUrl = url("APP_URL", ["http:", "https:"], `http://localhost:${port}`) ?? "";
  const graphVersion = text("GRAPH_API_VERSION") ?? "v25.0";
  if (!/^v\d{2}\.\d$/.test(graphVersion))
    problems.push(`GRAPH_API_VERSION is "${graphVersion}": write it like v25.0`);

  const appId = text("FACEBOOK_APP_ID");
  const simulatorSwitch = text("SIMULATOR") === undefined ? null : choice("SIMULATOR", ["on", "off"], "off");
  const simulates =
    !isProduction && (simulatorSwitch === null ? appId === undefined : simulatorSwitch === "on");

  if (isProduction) {
    if (simulatorSwitch === "on")
      problems.push(
        "SIMULATOR is on: it never starts in production. Remove it, and set the FACEBOOK_ settings",
      );
    if (!databaseUrl) problems.push("DATABASE_URL is missing: production needs a PostgreSQL 18 of its own");
    if (!redisUrl && (role === "api" || role === "worker"))
      problems.push(`REDIS_URL is missing: with ROLE=${role} processes hear of each other through a Redis`);
    if (text("APP_URL") === undefined)
      problems.push("APP_URL is missing: set the public https address of this installation");
    else if (!appUrl.startsWith("https:"))
      problems.push("APP_URL is not https: Meta and login cookies need it in production");
  }

  // Only if something is missing, and never in production.
  let local: LocalSecrets | null = null;
  const secret = (name: string, localName: keyof LocalSecrets, advice: string, minLength: number): string => {
    const value = text(name);
    if (value !== undefined) {
      if (isProduction && value.includes(placeholder))
        problems.push(`${name} is still the placeholder of the example file: ${advice}`);
      else if (value.length < minLength)
        problems.push(`${name} is too short, as it needs at least ${minLength} characters: ${advice}`);
      return value;
    }
    if (isProduction) {
      problems.push(`${name} is missing: ${advice}`);
      return "";
    }
    local ??= loadLocalSecrets(dataDir);
    return local[localName];
  };
  const random = 'make one with "openssl rand -hex 32"';
  const jwtSecret = secret("JWT_SECRET", "jwtSecret", random, 32);
  const jwtRefreshSecret = secret("JWT_REFRESH_SECRET", "jwtRefreshSecret", random, 32);
  if (jwtSecret && jwtSecret === jwtRefreshSecret)
    problems.push("JWT_SECRET and JWT_REFRESH_SECRET are the same: use two different ones");
  const encryptionKey = secret("ENCRYPTION_KEY", "encryptionKey", random, 43);
  const appSecret = secret(
    "FACEBOOK_APP_SECRET",
    "facebookAppSecret",
    "copy it from the Meta App Dashboard, Settings, Basic",
    16,
  );
  const verifyToken = secret(
    "FACEBOOK_WEBHOOK_VERIFY_TOKEN",
    "facebookVerifyToken",
    `${random} and enter it in the App Dashboard`,
    8,
  );
  if (!appId && !simulates) {
    problems.push(
      "FACEBOOK_APP_ID is missing: copy it from the Meta App Dashboard" +
        (isProduction ? "" : ", or set SIMULATOR=on"),
    );
  }

  let keyring: Keyring = { keys: [] };
  try {
    if (encryptionKey) keyring = parseKeyring(encryptionKey);
    if (isProduction && keyring.keys.some(({ key }) => new Set(key).size < 4))
      problems.push(`ENCRYPTION_KEY: its characters are all alike: ${random}`);
  } catch (error) {
    problems.push(`ENCRYPTION_KEY: ${error instanceof Error ? error.message : String(error)}`);
  }

  const ownerEmail = text("OWNER_EMAIL");
  const ownerPassword =
    env.OWNER_PASSWORD ||
    fromFile("OWNER_PASSWORD", env.OWNER_PASSWORD_FILE, problems)?.replace(/\r?\n$/, "") ||
    undefined;
  if (Boolean(ownerEmail) !== Boolean(ownerPassword)) {
    problems.push("OWNER_EMAIL and OWNER_PASSWORD belong together: set both, or neither");
  }

  const hasDemo = choice("DEMO", ["on", "off"], "off") === "on";
  if (hasDemo && isProduction)
    problems.push("DEMO is not for production: open the demo in the dashboard, under Settings");

  // Outside production derived from the generated key: both protect the same folder.
  const backupKey =
    text("BACKUP_KEY") ??
    (isProduction || !encryptionKey ? null : deriveKey(encryptionKey, "backups").toString("hex"));
  let backup: BackupSettings | null = null;
  try {
    if (backupKey)
      backup = {
        keyring: parseKeyring(backupKey),
        place: backupPlace(text, dataDir),
        hasFiles: choice("BACKUP_FILES", ["on", "off"], "on") === "on",
        everyMinutes: wholeNumber("BACKUP_EVERY_MINUTES", 60),
        keepHours: wholeNumber("BACKUP_KEEP_HOURS", 48),
        keepDays: wholeNumber("BACKUP_KEEP_DAYS", 30),
      };
  } catch (error) {
    problems.push(`BACKUP_KEY: ${error instanceof Error ? error.message : String(error)}`);
  }
  if (role === "backup" && !backupKey) problems.push(`BACKUP_KEY is missing: ${random}`);

  const simulatorUrl = simulates ? `http://localhost:${wholeNumber("SIMULATOR_PORT", 4001)}` : null;
  const mailServer = readMailServer(reader, { isProduction, simulates });
  const graphUrl =
    url(
      "GRAPH_API_URL",
      ["http:", "https:"],
      simulatorUrl?.replace("localhost", "127.0.0.1") ?? metaGraphUrl,
    ) ?? "";
  const logLevel = choice("LOG_LEVEL", ["debug", "info", "warn", "error"] as const, "info");

  if (problems.length > 0) throw new ConfigError(problems);
  return {
    version: text("MESSAGESENDER_VERSION") ?? packageJson.version,
    // In a bundle, build_app.ts has put the commit in place of the second.
    commit: text("MESSAGESENDER_COMMIT") ?? process.env.MESSAGESENDER_COMMIT ?? null,
    isProduction,
    role,
    port,
    host: text("HOST") ?? (isProduction ? "0.0.0.0" : "127.0.0.1"),
    appUrl,
    dataDir,
    databaseUrl,
    redisUrl,
    jwtSecret,
    jwtRefreshSecret,
    keyring,
    appId: appId ?? simulatorAppId,
    appSecrets: appSecret
      .split(",")
      .map((part) => part.trim())
      .filter(Boolean),
    verifyToken,
    graphUrl,
    graphVersion,
    dialogUrl: graphUrl === metaGraphUrl ? "https://www.facebook.com" : graphUrl,
    loginConfigId: text("FACEBOOK_LOGIN_CONFIG_ID") ?? null,
    allowedMediaHosts: graphUrl === metaGraphUrl ? [] : localNames(graphUrl),
    simulatorUrl,
    owner: ownerEmail && ownerPassword ? { email: ownerEmail, password: ownerPassword } : null,
    hasDemo,
    operator: { name: text("OPERATOR_NAME") ?? null, email: text("OPERATOR_EMAIL") ?? null },
    trustedProxies: list("TRUSTED_PROXIES"),
    drainSeconds,
    corsOrigins,
    requestsPerMinute,
    metricsToken,
    workspaceLimit,
    mailServer,
    backup,
    sentryDsn: text("SENTRY_DSN") ?? null,
    logLevel,
  };
}
