import { spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { chmodSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";

const secret = () => randomBytes(32).toString("hex");

/** What the command says of these settings; lines about this machine (Docker, certificates) are its own business. */
function validate(changes: Record<string, string>): { status: number | null; lines: string[] } {
  const folder = mkdtempSync(join(tmpdir(), "ms-validate-"));
  const settings = {
    APP_URL: "https://messages.acme.test",
    POSTGRES_PASSWORD: secret(),
    REDIS_PASSWORD: secret(),
    JWT_SECRET: secret(),
    JWT_REFRESH_SECRET: secret(),
    ENCRYPTION_KEY: secret(),
    BACKUP_KEY: secret(),
    FACEBOOK_APP_ID: "1",
    FACEBOOK_APP_SECRET: secret(),
    FACEBOOK_WEBHOOK_VERIFY_TOKEN: secret(),
    GRAPH_API_URL: "http://127.0.0.1:9",
    ...changes,
  };
  const file = join(folder, "env");
  writeFileSync(
    file,
    Object.entries(settings)
      .map(([name, value]) => `${name}=${value}\n`)
      .join(""),
  );
  chmodSync(file, 0o600);
  const { status, stdout } = spawnSync(process.execPath, ["ops/scripts/validate_prod.ts", file], {
    encoding: "utf8",
  });
  return { status, lines: stdout.split("\n").map((line) => line.replace(/^- /, "")) };
}

const about = ({ lines }: { lines: string[] }, name: string) => lines.filter((line) => line.startsWith(name));

test("validate:prod says nothing of settings that are right, and that Graph does not answer", () => {
  const told = validate({});

  expect(told.status).toBe(1);
  expect(told.lines).toContainEqual(
    expect.stringContaining("The Graph API at http://127.0.0.1:9 does not answer"),
  );
  for (const name of ["APP_URL", "POSTGRES", "REDIS", "JWT", "ENCRYPTION", "BACKUP", "FACEBOOK"])
    expect(about(told, name)).toEqual([]);
});

test("validate:prod names each setting that is missing, short, alike, a placeholder, or used twice", () => {
  const twin = secret();
  const told = validate({
    APP_URL: "http://messages.acme.test",
    JWT_SECRET: "CHANGE_ME_openssl_rand_hex_32",
    JWT_REFRESH_SECRET: "short",
    ENCRYPTION_KEY: "0".repeat(64),
    BACKUP_KEY: "abc",
    POSTGRES_PASSWORD: twin,
    REDIS_PASSWORD: twin,
    FACEBOOK_APP_ID: "",
    DATABASE_URL: "postgres://127.0.0.1:9/none",
  });

  expect(told.status).toBe(1);
  expect(about(told, "APP_URL")).toEqual([expect.stringContaining("is not https")]);
  expect(about(told, "JWT_SECRET")).toEqual([expect.stringContaining("placeholder")]);
  expect(about(told, "JWT_REFRESH_SECRET")).toEqual([expect.stringContaining("too short")]);
  expect(about(told, "ENCRYPTION_KEY")).toEqual([expect.stringContaining("all alike")]);
  expect(about(told, "BACKUP_KEY")).toEqual([expect.stringContaining("64 hex")]);
  expect(about(told, "REDIS_PASSWORD")).toEqual([expect.stringContaining("the same as POSTGRES_PASSWORD")]);
  expect(about(told, "FACEBOOK_APP_ID")).toEqual([expect.stringContaining("missing")]);
  expect(about(told, "DATABASE_URL")).toEqual([expect.stringContaining("does not answer")]);
});
