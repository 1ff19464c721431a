import { randomBytes } from "node:crypto";
import { existsSync, linkSync, mkdirSync, readFileSync, unlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Secrets that a machine makes for itself outside production, and keeps. */
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

/** Reads `secrets.json` in the data folder, or makes it once; two processes that start together agree on one. */
export function loadLocalSecrets(dataDir: string): LocalSecrets {
  const file = join(dataDir, "secrets.json");
  if (!existsSync(file)) {
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
  const read: unknown = JSON.parse(readFileSync(file, "utf8"));
  const secret = (name: (typeof names)[number]): string => {
    const value: unknown = read && typeof read === "object" ? Reflect.get(read, name) : undefined;
    if (typeof value === "string" && value.length >= 32) return value;
    throw new Error(
      `Cannot read ${file}: "${name}" is missing. Restore the file, or delete it to make new secrets (all logins end)`,
    );
  };
  return {
    jwtSecret: secret("jwtSecret"),
    jwtRefreshSecret: secret("jwtRefreshSecret"),
    encryptionKey: secret("encryptionKey"),
    facebookAppSecret: secret("facebookAppSecret"),
    facebookVerifyToken: secret("facebookVerifyToken"),
  };
}
