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

test("compose.prod.yml publishes nginx alone, and keeps the database and Redis on a network without a way out", () => {
  const { postgres, redis } = compose.services;

  expect(where(({ ports }) => ports)).toEqual(["nginx"]);
  expect([postgres?.networks, redis?.networks]).toEqual([["inside"], ["inside"]]);
  expect(compose.networks.inside?.internal).toBe(true);
});

test("in compose.prod.yml nginx shares a network with api alone: an address given anew leads to no other process", () => {
  expect(
    where(({ networks = [] }) =>
      (Array.isArray(networks) ? networks : Object.keys(networks)).includes("edge"),
    ),
  ).toEqual(["nginx", "api"]);
});

test("compose.prod.yml alone has a place for PostgreSQL's archive: an update would take away that of another file", () => {
  expect(compose.services.postgres?.volumes).toContain("${WAL_DIR:-wal}:/wal");
});

test("the addresses of a new installation are none that Docker gives away while it is down", () => {
  const [, subnet] = /^SUBNET=(.*)$/m.exec(read("../.env.prod.example")) ?? [];

  expect(subnet).toMatch(/^\d+\.\d+\.\d+$/);
  expect(subnet).not.toMatch(/^(172\.(1[7-9]|2\d|3[01])|192\.168)\./);
});

test("in compose.prod.yml no process may gain rights, and all but nginx none at all; none writes anything but its volumes, and each has a limit", () => {
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
  // The api cannot change backups, the worker does not see them, and backups cannot change what people sent.
  expect(volumes.filter((line) => /:\/(data|backups)/.test(line) && !line.startsWith("redis"))).toEqual([
    "api data:/data",
    "api backups:/backups:ro",
    "worker data:/data",
    "backup data:/data:ro",
    "backup backups:/backups",
  ]);
});

test("in compose.prod.yml each volume of the image has its place in each process, so that none without a name is left", () => {
  const [, volumes = "[]"] = /^VOLUME (.*)$/m.exec(read("docker/Dockerfile")) ?? [];
  const ours = services.filter(([, { environment }]) => environment?.TRUSTED_PROXIES);

  expect(JSON.parse(volumes)).toEqual(["/data", "/backups"]);
  for (const [, { volumes: mounted = [], tmpfs = [] }] of ours) {
    const places = [...tmpfs, ...mounted.map((volume) => volume.split(":")[1])];
    expect(places).toEqual(expect.arrayContaining(JSON.parse(volumes)));
  }
});

test("the image runs as nobody in particular", () => {
  const [, lastStage = ""] = read("docker/Dockerfile").split(/^FROM .*slim$/m);

  expect(lastStage).toMatch(/^USER appuser:appgroup$/m);
});

test("nginx and Caddy pass on the address that they see, and numbers to nobody", () => {
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

test("nginx keeps nothing of an answer on its disk, which is memory in compose.prod.yml", () => {
  const nginx = Bun.YAML.parse(read("../compose.prod.yml")) as { services: { nginx: { tmpfs: string[] } } };

  expect(nginx.services.nginx.tmpfs).toContain("/var/cache/nginx");
  expect(read("nginx/nginx.conf")).toMatch(/^ {2}proxy_max_temp_file_size 0;$/m);
});

test("nginx keeps bodies on the disk and not in memory, as long as each route takes them, and counts by address", () => {
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
  // As modules behind it: everything, webhooks, files, imports.
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

test("a location of nginx has no headers of its own, which would take away those of all", () => {
  const [, ...locations] = read("nginx/nginx.conf").split(/\blocation\b/);

  // What follows a location's end belongs to the server again.
  const own = locations.map((text) => text.slice(0, text.indexOf("\n    }")));
  expect(own.length).toBeGreaterThan(8);
  expect(own.filter((text) => /add_header|proxy_set_header/.test(text))).toEqual([]);
});

test("a location of nginx leads nobody elsewhere: a proxied prefix that ends with a slash answers 301 without it, and a POST is lost", () => {
  const prefixes = [...read("nginx/nginx.conf").matchAll(/location (\/\S*) \{([^}]*)\}/g)];

  expect(prefixes.length).toBeGreaterThan(1);
  expect(
    prefixes.filter(([, path = "", body = ""]) => /.\/$/.test(path) && body.includes("proxy_pass")),
  ).toEqual([]);
});

test("under systemd each service runs without rights, as a user of its own, and writes its own folders alone", () => {
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

test("SECURITY.md names the version of package.json as the one that gets fixes", () => {
  const { version } = JSON.parse(read("../package.json"));

  const [, named] = /the newest release \(([\d.]+)\)/.exec(read("../SECURITY.md")) ?? [];
  expect(named).toBe(version);
});
