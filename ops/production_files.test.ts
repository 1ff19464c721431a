import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

interface Service {
  ports?: string[];
  networks?: string[] | Record<string, unknown>;
  volumes?: string[];
  security_opt?: string[];
  read_only?: boolean;
  cap_drop?: string[];
  cap_add?: string[];
  user?: string;
  mem_limit?: string;
  environment?: Record<string, string>;
  tmpfs?: string[];
}

const ops = fileURLToPath(new URL(".", import.meta.url));
const read = (path: string) => readFileSync(join(ops, path), "utf8");
const compose = Bun.YAML.parse(read("../compose.prod.yml")) as {
  services: Record<string, Service>;
  networks: Record<string, { internal?: boolean }>;
};
const services = Object.entries(compose.services);
const where = (has: (service: Service) => unknown) =>
  services.filter(([, service]) => has(service)).map(([name]) => name);

test("compose.prod.yml publishes only nginx, and isolates the database and Redis from the internet", () => {
  const { postgres, redis } = compose.services;

  expect(where(({ ports }) => ports)).toEqual(["nginx"]);
  expect([postgres?.networks, redis?.networks]).toEqual([["inside"], ["inside"]]);
  expect(compose.networks.inside?.internal).toBe(true);
});

test("compose.prod.yml puts nginx in a network with api only, so a reused address reaches no other process", () => {
  expect(
    where(({ networks = [] }) =>
      (Array.isArray(networks) ? networks : Object.keys(networks)).includes("edge"),
    ),
  ).toEqual(["nginx", "api"]);
});

test("compose.prod.yml has a place for PostgreSQL's archive itself: an update would drop that of another file", () => {
  expect(compose.services.postgres?.volumes).toContain("${WAL_DIR:-wal}:/wal");
});

test("a new installation uses addresses that Docker does not reuse while it is down", () => {
  const [, subnet] = /^SUBNET=(.*)$/m.exec(read("../.env.prod.example")) ?? [];

  expect(subnet).toMatch(/^\d+\.\d+\.\d+$/);
  expect(subnet).not.toMatch(/^(172\.(1[7-9]|2\d|3[01])|192\.168)\./);
});

test("compose.prod.yml forbids new rights, drops all rights except nginx's, makes all but volumes read-only, and limits each", () => {
  const ours = where(({ environment }) => environment?.TRUSTED_PROXIES);
  const volumes = services.flatMap(([name, service]) =>
    (service.volumes ?? []).map((volume) => `${name} ${volume}`),
  );

  expect(where(({ security_opt }) => !security_opt?.includes("no-new-privileges:true"))).toEqual([]);
  expect(where(({ mem_limit }) => !mem_limit)).toEqual([]);
  expect(ours).toEqual(["migrate", "api", "worker", "backup"]);
  expect(where(({ cap_drop }) => cap_drop?.join() === "ALL")).toEqual([...ours, "postgres", "redis"]);
  expect(where(({ user }) => user)).toEqual(["postgres", "redis"]);
  expect(where(({ read_only }) => !read_only)).toEqual([]);
  // The api cannot change backups, the worker cannot see them, and backups cannot change people's files.
  expect(volumes.filter((line) => /:\/(data|backups)/.test(line) && !line.startsWith("redis"))).toEqual([
    "api data:/data",
    "api backups:/backups:ro",
    "worker data:/data",
    "backup data:/data:ro",
    "backup backups:/backups",
  ]);
});

test("compose.prod.yml mounts each volume of the image in each process, so no unnamed one remains", () => {
  const [, volumes = "[]"] = /^VOLUME (.*)$/m.exec(read("docker/Dockerfile")) ?? [];
  const ours = services.filter(([, { environment }]) => environment?.TRUSTED_PROXIES);

  expect(JSON.parse(volumes)).toEqual(["/data", "/backups"]);
  for (const [, { volumes: mounted = [], tmpfs = [] }] of ours) {
    const places = [...tmpfs, ...mounted.map((volume) => volume.split(":")[1])];
    expect(places).toEqual(expect.arrayContaining(JSON.parse(volumes)));
  }
});

test("the image runs as an unprivileged user", () => {
  const [, lastStage = ""] = read("docker/Dockerfile").split(/^FROM .*slim$/m);

  expect(lastStage).toMatch(/^USER appuser:appgroup$/m);
});

test("nginx and Caddy pass on the client's address, and metrics to no one", () => {
  const nginx = read("nginx/nginx.conf");
  const caddy = read("caddy/Caddyfile");

  expect(nginx.match(/proxy_set_header X-Forwarded-For .*/g)).toEqual([
    "proxy_set_header X-Forwarded-For $remote_addr;",
  ]);
  expect(caddy).toMatch(/header_up X-Forwarded-For \{remote_host\}/);
  expect(nginx).toMatch(/location ~ \^\/metrics\/\?\$ \{\s+return 404;/);
  expect(caddy).toMatch(/@inside path \/metrics \/metrics\/\n\s+respond @inside 404/);
  expect(nginx).toMatch(/ssl_protocols TLSv1\.2 TLSv1\.3;/);
});

test("nginx stores no response on its disk, which is memory in compose.prod.yml", () => {
  const nginx = Bun.YAML.parse(read("../compose.prod.yml")) as { services: { nginx: { tmpfs: string[] } } };

  expect(nginx.services.nginx.tmpfs).toContain("/var/cache/nginx");
  expect(read("nginx/nginx.conf")).toMatch(/^ {2}proxy_max_temp_file_size 0;$/m);
});

test("nginx buffers bodies on disk, with each route's limit, and counts by address", () => {
  const conf = read("nginx/nginx.conf");
  const [, path = ""] = /^ {2}client_body_temp_path (\S+);$/m.exec(conf) ?? [];
  const { volumes = [], tmpfs = [] } = compose.services.nginx ?? {};
  const sizes = [...conf.matchAll(/client_max_body_size (\d+)m;/g)].map(([, size]) => Number(size));
  const [, buffer] = /client_body_buffer_size (\d+)k;/.exec(conf) ?? [];

  expect(volumes.some((volume) => path.startsWith(`${volume.split(":")[1]}/`))).toBe(true);
  expect(tmpfs.some((place) => path.startsWith(place))).toBe(false);
  expect(conf.match(/client_body_buffer_size/g)).toHaveLength(1);
  // 4,096 connections, each with a buffer, in 128 MB.
  expect(Number(buffer) * 4_096).toBeLessThanOrEqual(64 * 1_024);
  // As the modules behind it: everything, webhooks, files, imports.
  expect(sizes).toEqual([2, 12, 26, 520]);
  expect(
    [...conf.matchAll(/limit_conn (\w+) (\d+);/g)].map(([, zone, most]) => [zone, Number(most)]),
  ).toEqual([
    ["open", 200],
    ["deliveries", 250],
    ["streams", 400],
    ["uploads", 20],
    ["uploads", 20],
  ]);
});

test("locations of nginx set no headers, which would drop the common ones", () => {
  const [, ...locations] = read("nginx/nginx.conf").split(/\blocation\b/);

  // Lines after a location's end belong to the server again.
  const own = locations.map((text) => text.slice(0, text.indexOf("\n    }")));
  expect(own.length).toBeGreaterThan(8);
  expect(own.filter((text) => /add_header|proxy_set_header/.test(text))).toEqual([]);
});

test("locations of nginx cause no redirect: a proxied prefix that ends with a slash returns 301 without it, and a POST is lost", () => {
  const prefixes = [...read("nginx/nginx.conf").matchAll(/location (\/\S*) \{([^}]*)\}/g)];

  expect(prefixes.length).toBeGreaterThan(1);
  expect(
    prefixes.filter(([, path = "", body = ""]) => /.\/$/.test(path) && body.includes("proxy_pass")),
  ).toEqual([]);
});

test("systemd runs each service without rights, as its own user, with write access only to its folders", () => {
  const hardening = read("systemd/messagesender-.service.d/hardening.conf");
  const units = readdirSync(join(ops, "systemd")).filter((name) => name.endsWith(".service"));

  for (const line of [
    "User=messagesender",
    "ProtectSystem=strict",
    "NoNewPrivileges=yes",
    "CapabilityBoundingSet=",
    "ExecStartPre=/usr/local/bin/bun apps/server/cli.js migrate",
  ])
    expect(hardening.split("\n")).toContain(line);
  expect(read("systemd/messagesender-api.service")).toMatch(/^ReadOnlyPaths=.*backups$/m);
  expect(read("systemd/messagesender-worker.service")).toMatch(/^InaccessiblePaths=.*backups$/m);
  // A unit that said it again would undo it.
  for (const name of units) expect(read(`systemd/${name}`)).not.toMatch(/^(User|Protect|Capability|NoNew)/m);
});

test("SECURITY.md names the version of package.json as the supported one", () => {
  const { version } = JSON.parse(read("../package.json"));

  const [, named] = /the newest release \(([\d.]+)\)/.exec(read("../SECURITY.md")) ?? [];
  expect(named).toBe(version);
});
