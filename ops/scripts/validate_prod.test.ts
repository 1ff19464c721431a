import { spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { chmodSync, cpSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { testRedisUrl } from "../../db/testing.ts";

const secret = () => randomBytes(32).toString("hex");
const fullchain = "fullchain.pem";
const privkey = "privkey.pem";
let graph: ReturnType<typeof Bun.serve>;
/** A folder with a certificate and its key. */
let certificate: string;
beforeAll(() => {
  certificate = mkdtempSync(join(tmpdir(), "ms-certificate-"));
  const files = ["-keyout", join(certificate, privkey), "-out", join(certificate, fullchain)];
  spawnSync("openssl", ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=localhost", ...files]);
  graph = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: () => new Response("hello") });
});
afterAll(() => graph.stop(true));

/**
 * What the command says of these settings, on a machine with a certificate and with a Docker that answers as `docker`
 * ends. Without changes everything is right.
 */
async function validate(
  changes: Record<string, string>,
  {
    docker = 0,
    mode = 0o600,
    pem = {},
  }: { docker?: number; mode?: number; pem?: Record<string, string> } = {},
): Promise<{ status: number; lines: string[] }> {
  const folder = mkdtempSync(join(tmpdir(), "ms-validate-"));
  writeFileSync(join(folder, "docker"), `#!/bin/sh\nexit ${docker}\n`, { mode: 0o755 });
  cpSync(certificate, folder, { recursive: true });
  for (const [name, text] of Object.entries(pem)) writeFileSync(join(folder, name), text);
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
    GRAPH_API_URL: `http://127.0.0.1:${graph.port}`,
    DATABASE_URL: process.env.TEST_DATABASE_URL ?? "",
    REDIS_URL: testRedisUrl(),
    CERTS_DIR: folder,
    ...changes,
  };
  const file = join(folder, "env");
  const lines = Object.entries(settings).map(([name, value]) => `${name}=${value}\n`);
  writeFileSync(file, lines.join(""));
  chmodSync(file, mode);
  const child = Bun.spawn([process.execPath, "ops/scripts/validate_prod.ts", file], {
    env: { ...process.env, PATH: `${folder}:${process.env.PATH}` },
    stdout: "pipe",
  });
  const said = await new Response(child.stdout).text();
  return { status: await child.exited, lines: said.split("\n").map((line) => line.replace(/^- /, "")) };
}

const about = ({ lines }: { lines: string[] }, name: string) => lines.filter((line) => line.startsWith(name));

test("validate:prod exits with 0 when everything is right, with Postgres, Redis and Graph API available", async () => {
  expect(await validate({})).toEqual({ status: 0, lines: ["Ready for production", ""] });
});

test("validate:prod reports services without response, unknown hosts, and files readable by others", async () => {
  const away = "http://127.0.0.1:9";
  const told = await validate(
    {
      GRAPH_API_URL: away,
      DATABASE_URL: "postgres://127.0.0.1:9/none",
      REDIS_URL: "redis://127.0.0.1:9",
      CERTS_DIR: "/nowhere",
      APP_URL: "https://messages.acme.test/inbox",
    },
    { docker: 1, mode: 0o644 },
  );

  expect(told.status).toBe(1);
  expect(told.lines).toEqual([
    expect.stringContaining("Docker does not answer"),
    expect.stringContaining("There is no docker compose"),
    expect.stringContaining("can be read by others on this machine: chmod 600"),
    expect.stringContaining("APP_URL has a path"),
    expect.stringContaining("/nowhere/fullchain.pem is missing"),
    expect.stringContaining("/nowhere/privkey.pem is missing"),
    expect.stringContaining(`The Graph API at ${away} does not answer`),
    expect.stringContaining("DATABASE_URL names a server that does not answer"),
    expect.stringContaining("REDIS_URL names a server that does not answer"),
    "Not ready: 9 problem(s)",
    "",
  ]);
});

test("validate:prod looks for certificates in compose's folder if theirs is empty", async () => {
  const told = await validate({ CERTS_DIR: "" });

  expect(about(told, join(process.cwd(), fullchain))).toEqual([]);
});

test("validate:prod reports an expired certificate, one of another key, and a file that is none", async () => {
  const over = await validate({}, { pem: { [fullchain]: ofTheYear2020 } });
  const none = await validate({}, { pem: { [privkey]: "" } });

  expect(over.lines).toEqual([
    expect.stringMatching(/fullchain\.pem was valid until .* 2020/),
    expect.stringContaining("privkey.pem is not the key of fullchain.pem"),
    "Not ready: 2 problem(s)",
    "",
  ]);
  expect(none.lines).toContainEqual(expect.stringContaining("no certificate and its key in PEM"));
});

test("validate:prod reports each setting that is missing, short, uniform, a placeholder, or used twice", async () => {
  const twin = secret();
  const told = await validate({
    APP_URL: "http://messages.acme.test",
    JWT_SECRET: "CHANGE_ME_openssl_rand_hex_32",
    JWT_REFRESH_SECRET: "short",
    ENCRYPTION_KEY: "0".repeat(64),
    BACKUP_KEY: "abc",
    POSTGRES_PASSWORD: twin,
    REDIS_PASSWORD: twin,
    FACEBOOK_APP_ID: "",
  });

  expect(told.status).toBe(1);
  expect(about(told, "APP_URL")).toEqual([expect.stringContaining("is not https")]);
  expect(about(told, "JWT_SECRET")).toEqual([expect.stringContaining("placeholder")]);
  expect(about(told, "JWT_REFRESH_SECRET")).toEqual([expect.stringContaining("too short")]);
  expect(about(told, "ENCRYPTION_KEY")).toEqual([expect.stringContaining("all alike")]);
  expect(about(told, "BACKUP_KEY")).toEqual([expect.stringContaining("64 hex")]);
  expect(about(told, "REDIS_PASSWORD")).toEqual([expect.stringContaining("the same as POSTGRES_PASSWORD")]);
  expect(about(told, "FACEBOOK_APP_ID")).toEqual([expect.stringContaining("missing")]);
});

test("validate:prod reports numbers with which nothing would run", async () => {
  const told = await validate({ API_PROCESSES: "0", WORKER_PROCESSES: "two", SUBNET: "172.30.300" });

  expect(told).toEqual({
    status: 1,
    lines: [
      expect.stringContaining("API_PROCESSES must be a whole number, 1 or more"),
      expect.stringContaining("WORKER_PROCESSES must be a whole number, 1 or more"),
      expect.stringContaining("SUBNET must be three numbers up to 255"),
      "Not ready: 3 problem(s)",
      "",
    ],
  });
});

test("validate:prod reports a placeholder only as a placeholder", async () => {
  const placeholder = "CHANGE_ME_openssl_rand_hex_32";
  const told = await validate({
    JWT_SECRET: placeholder,
    ENCRYPTION_KEY: placeholder,
    BACKUP_KEY: placeholder,
  });

  expect(told.lines).toHaveLength(5);
});

test.each(["pa$word-9", "abc#def", "abc #def", '"quoted"', "'quoted'", "back\\slash"])(
  "validate:prod refuses %s, which compose and other tools would read differently",
  async (value) => {
    const told = await validate({ OWNER_EMAIL: "anna@acme.test", OWNER_PASSWORD: value });

    expect(told.status).toBe(1);
    expect(about(told, "OWNER_PASSWORD")).toContainEqual(
      expect.stringContaining("which tools read differently"),
    );
  },
);

test("validate:prod reports an owner whom the first start would refuse", async () => {
  const told = await validate({ OWNER_EMAIL: "anna", OWNER_PASSWORD: "password1" });

  expect(told).toEqual({
    status: 1,
    lines: [
      expect.stringMatching(/^OWNER_EMAIL: Cannot use "anna": it is not an email address/),
      expect.stringMatching(/^OWNER_PASSWORD: Cannot use this password/),
      "Not ready: 2 problem(s)",
      "",
    ],
  });
});

test("validate:prod accepts values that all tools read alike", async () => {
  const values = {
    OWNER_EMAIL: "anna@acme.test",
    OWNER_PASSWORD: "Corr3ct/Horse+9=",
    OPERATOR_NAME: "O'Brien & Sons Ltd",
  };

  expect(await validate(values)).toEqual({ status: 0, lines: ["Ready for production", ""] });
});

test.each([
  ["s3:/bucket", "BACKUP_TARGET is no bucket"],
  ["s3://bucket/folder", 'Cannot use the bucket "bucket" for backups: http://127.0.0.1:9 does not respond'],
])("validate:prod checks whether backups can go to %s", async (target, words) => {
  const told = await validate({
    BACKUP_TARGET: target,
    BACKUP_S3_ENDPOINT: "http://127.0.0.1:9",
    BACKUP_S3_REGION: "eu-central-1",
    BACKUP_S3_ACCESS_KEY_ID: "id",
    BACKUP_S3_SECRET_ACCESS_KEY: "secret",
  });

  expect(told).toEqual({
    status: 1,
    lines: [expect.stringContaining(words), "Not ready: 1 problem(s)", ""],
  });
});

const ofTheYear2020 = `-----BEGIN CERTIFICATE-----
MIIBAjCBqgIBATAKBggqhkjOPQQDAjAOMQwwCgYDVQQDDANvbGQwHhcNMjAwMTAx
MDAwMDAwWhcNMjAwNDAxMDAwMDAwWjAOMQwwCgYDVQQDDANvbGQwWTATBgcqhkjO
PQIBBggqhkjOPQMBBwNCAATWHIe778akaF74XDsY80GIFhvnkloXGBMAGhnJ2LLk
ALwa+6KWBMeMG7rSc8mQG7M4axk/xJLn3G8Yz/TR0W4XMAoGCCqGSM49BAMCA0cA
MEQCIGmHBcr3OilTVvXFjYqbCQiv4ZU/v/Sw8PnTdh8ASAOKAiA3LMK3s9kBSs2F
1SLsmrRHZYckdOVzykz/hNobILMo0Q==
-----END CERTIFICATE-----
`;
