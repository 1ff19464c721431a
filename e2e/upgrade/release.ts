import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

/** Settings of a released database and of tests that open it. These secrets are public: they protect nothing. */
export const releaseEnv = {
  ENCRYPTION_KEY: "0123456789abcdef".repeat(4),
  BACKUP_KEY: "fedcba9876543210".repeat(4),
  BACKUP_EVERY_MINUTES: "0",
};

const folder = fileURLToPath(new URL("../../db/migrations/", import.meta.url));

/** SHA-256 of each migration by its name. */
export async function migrationHashes(): Promise<Record<string, string>> {
  const names = (await readdir(folder)).filter((name) => name.endsWith(".sql")).toSorted();
  const hashes: Record<string, string> = {};
  for (const name of names)
    hashes[name] = createHash("sha256")
      .update(await readFile(folder + name))
      .digest("hex");
  return hashes;
}
