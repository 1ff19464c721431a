import { mkdtempSync } from "node:fs";
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

test("readConfig() needs nothing outside production, and keeps the secrets that it made", () => {
  const env = { DATA_DIR: dataDir() };

  const first = readConfig(env);
  const second = readConfig(env);

  expect(first.simulatorUrl).toBe("http://localhost:4001");
  expect(first.databaseUrl).toBeNull();
  expect(second.jwtSecret).toBe(first.jwtSecret);
  expect(first.jwtSecret).not.toBe(first.jwtRefreshSecret);
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
    ENCRYPTION_KEY: "c".repeat(64),
    FACEBOOK_APP_ID: "1",
    FACEBOOK_APP_SECRET: "0123456789abcdef, fedcba9876543210",
    FACEBOOK_WEBHOOK_VERIFY_TOKEN: "verify-me",
  });

  expect(config.appUrl).toBe("https://chat.example.com");
  expect(config.appSecrets).toEqual(["0123456789abcdef", "fedcba9876543210"]);
  expect(config.dialogUrl).toBe("https://www.facebook.com");
  expect(config.simulatorUrl).toBeNull();
});
