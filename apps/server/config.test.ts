import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ConfigError, readConfig } from "./config.ts";

const dataDir = () => mkdtempSync(join(tmpdir(), "ms-config-"));

function problemsOf(env: Record<string, string>): readonly string[] {
  try {
    readConfig(env);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

test("readConfig() needs nothing outside production, and keeps its generated secrets", () => {
  const env = { DATA_DIR: dataDir() };

  const first = readConfig(env);
  const second = readConfig(env);

  expect(first.simulatorUrl).toBe("http://localhost:4001");
  expect(first.databaseUrl).toBeNull();
  expect(second.jwtSecret).toBe(first.jwtSecret);
  expect(first.jwtSecret).not.toBe(first.jwtRefreshSecret);
});

test("readConfig() sends mail to the simulator's outbox without settings, by TLS with them, and never in plain in production", () => {
  const smtp = { SMTP_HOST: "smtp.example.com", MAIL_FROM: "Luna Coffee <team@luna.example>" };
  const from = { name: "Luna Coffee", address: "team@luna.example" };

  expect(readConfig({ DATA_DIR: dataDir() }).mailServer).toMatchObject({ host: "127.0.0.1", port: 4002 });
  expect(readConfig({ DATA_DIR: dataDir(), SIMULATOR: "off", FACEBOOK_APP_ID: "1" }).mailServer).toBeNull();
  expect(readConfig({ DATA_DIR: dataDir(), ...smtp }).mailServer).toEqual({
    host: "smtp.example.com",
    port: 587,
    security: "starttls",
    login: null,
    from,
    authority: null,
  });
  const wrong = { ...smtp, MAIL_FROM: "Luna", SMTP_USER: "luna", SMTP_SECURITY: "none" };
  const problems = problemsOf({ NODE_ENV: "production", ...wrong }).join("\n");
  for (const name of ["SMTP_SECURITY is none", "SMTP_USER and SMTP_PASSWORD", "MAIL_FROM is missing"])
    expect(problems).toContain(name);
});

test("readConfig() lists every problem of a production environment at once", () => {
  const problems = problemsOf({
    NODE_ENV: "production",
    PORT: "eighty",
    ROLE: "boss",
    SIMULATOR: "on",
    JWT_SECRET: "short",
  });

  for (const name of [
    "PORT",
    "ROLE",
    "SIMULATOR",
    "DATABASE_URL",
    "APP_URL",
    "JWT_SECRET",
    "JWT_REFRESH_SECRET",
    "ENCRYPTION_KEY",
    "FACEBOOK_APP_ID",
    "FACEBOOK_APP_SECRET",
    "FACEBOOK_WEBHOOK_VERIFY_TOKEN",
  ]) {
    expect(
      problems.some((problem) => problem.startsWith(name)),
      name,
    ).toBe(true);
  }
});

test("readConfig() accepts a complete production environment", () => {
  const config = readConfig({
    NODE_ENV: "production",
    APP_URL: "https://chat.example.com/",
    DATABASE_URL: "postgres://app:secret@db/app",
    JWT_SECRET: "a".repeat(32),
    JWT_REFRESH_SECRET: "b".repeat(32),
    ENCRYPTION_KEY: "0123456789abcdef".repeat(4),
    FACEBOOK_APP_ID: "1",
    FACEBOOK_APP_SECRET: "0123456789abcdef, fedcba9876543210",
    FACEBOOK_WEBHOOK_VERIFY_TOKEN: "verify-me",
  });

  expect(config.appUrl).toBe("https://chat.example.com");
  expect(config.appSecrets).toEqual(["0123456789abcdef", "fedcba9876543210"]);
  expect(config.dialogUrl).toBe("https://www.facebook.com");
  expect(config.simulatorUrl).toBeNull();
});

test("readConfig() reads a secret from the file in NAME_FILE, and reports a failure", () => {
  const directory = dataDir();
  writeFileSync(join(directory, "jwt"), `${"j".repeat(40)}\n`);

  const config = readConfig({ DATA_DIR: directory, JWT_SECRET_FILE: join(directory, "jwt") });
  const problems = problemsOf({ DATA_DIR: directory, JWT_SECRET_FILE: join(directory, "nothing") });

  expect(config.jwtSecret).toBe("j".repeat(40));
  expect(problems).toEqual([expect.stringContaining("JWT_SECRET_FILE names a file that cannot be read")]);
});

test("readConfig() refuses the placeholders of the example file in production", () => {
  const problems = problemsOf({ NODE_ENV: "production", JWT_SECRET: "CHANGE_ME_openssl_rand_hex_32_please" });

  expect(problems).toContainEqual(expect.stringMatching(/^JWT_SECRET is still the placeholder/));
});

test("readConfig() refuses an encryption key of equal characters in production", () => {
  const problems = problemsOf({ NODE_ENV: "production", ENCRYPTION_KEY: "0".repeat(64) });

  expect(problems).toContainEqual(expect.stringMatching(/^ENCRYPTION_KEY/));
});

test("readConfig() refuses separate roles without Redis in production, and a backup role without a key", () => {
  const of = (role: string) => problemsOf({ NODE_ENV: "production", ROLE: role });

  for (const role of ["api", "worker"])
    expect(of(role)).toContainEqual(expect.stringMatching(/^REDIS_URL is missing/));
  expect(of("all")).not.toContainEqual(expect.stringMatching(/^REDIS_URL/));
  expect(of("backup")).toContainEqual(expect.stringMatching(/^BACKUP_KEY is missing/));
});

test("readConfig() reads the target of backups: a folder, or a bucket with a folder", () => {
  const placeOf = (target: string) =>
    readConfig({ DATA_DIR: dataDir(), BACKUP_TARGET: target }).backup?.place;

  expect(placeOf("/backups")).toEqual({ kind: "disk", directory: "/backups" });
  expect(placeOf("s3://bucket/some/folder/")).toMatchObject({
    kind: "s3",
    bucket: "bucket",
    prefix: "some/folder",
  });
  expect(placeOf("s3://bucket")).toMatchObject({ kind: "s3", bucket: "bucket", prefix: "" });
});
