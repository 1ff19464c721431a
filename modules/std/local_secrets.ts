import { randomBytes } from "node:crypto";
import { existsSync, linkSync, mkdirSync, readFileSync, unlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { defineProblems } from "./problem.ts";

/** Secrets that a machine generates and keeps outside production. */
export interface LocalSecrets {
  jwtSecret: string;
  jwtRefreshSecret: string;
  encryptionKey: string;
  facebookAppSecret: string;
  facebookVerifyToken: string;
}

const names = [
  "jwtSecret",
  "jwtRefreshSecret",
  "encryptionKey",
  "facebookAppSecret",
  "facebookVerifyToken",
] as const;

const broken =
  "Restore the file, or delete it to make new secrets: all logins end, and pages are reconnected";

const problem = defineProblems({
  "local-secrets": [
    500,
    "Cannot use {file}: {why}",
    "Give the folder to this user, or set DATA_DIR to another",
  ],
  "local-secrets-damaged": [500, "Cannot use {file}: {why}", broken],
  "local-secret-missing": [500, 'Cannot use {file}: "{name}" is missing', broken],
});

/**
 * Reads `secrets.json` in the data folder, or makes it once; two processes that start together agree on one.
 * Throws 500 `local-secrets` for a folder that cannot be used, `local-secrets-damaged` or `local-secret-missing` for a
 * file that is not as it was made.
 */
export function loadLocalSecrets(dataDir: string): LocalSecrets {
  const file = join(dataDir, "secrets.json");
  let read: unknown;
  try {
    makeOnce(dataDir, file);
    read = JSON.parse(readFileSync(file, "utf8"));
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    const code = cause instanceof SyntaxError ? "local-secrets-damaged" : "local-secrets";
    throw problem(code, { file, why }, { cause });
  }
  const secret = (name: (typeof names)[number]): string => {
    const value: unknown = read && typeof read === "object" ? Reflect.get(read, name) : undefined;
    if (typeof value === "string" && value.length >= 32) return value;
    throw problem("local-secret-missing", { file, name });
  };
  return {
    jwtSecret: secret("jwtSecret"),
    jwtRefreshSecret: secret("jwtRefreshSecret"),
    encryptionKey: secret("encryptionKey"),
    facebookAppSecret: secret("facebookAppSecret"),
    facebookVerifyToken: secret("facebookVerifyToken"),
  };
}

function makeOnce(dataDir: string, file: string): void {
  if (existsSync(file)) return;
  mkdirSync(dataDir, { recursive: true });
  const draft = `${file}.${process.pid}`;
  const made = Object.fromEntries(names.map((name) => [name, randomBytes(32).toString("hex")]));
  writeFileSync(draft, JSON.stringify(made, null, 2), { mode: 0o600 });
  try {
    // A link, unlike a rename, fails when another process was first.
    linkSync(draft, file);
  } catch (error) {
    if (!existsSync(file)) throw error;
  } finally {
    unlinkSync(draft);
  }
}
