import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const root = fileURLToPath(new URL("..", import.meta.url));
const directory = join(root, ".github/workflows");
const workflows = readdirSync(directory).map((name) => {
  const text = readFileSync(join(directory, name), "utf8");
  const parsed: unknown = Bun.YAML.parse(text);
  return { name, text, parsed };
});

test("workflows run only actions that are pinned by their commit", () => {
  const uses = workflows.flatMap(({ text }) =>
    [...text.matchAll(/uses:\s*(\S+)/g)].map(([, action]) => action),
  );

  expect(uses.length).toBeGreaterThan(5);
  expect(uses.filter((action) => !/^[\w./-]+@[0-9a-f]{40}$/.test(action ?? ""))).toEqual([]);
});

test("workflows have read access unless a job requests more, and never run foreign code with our rights", () => {
  for (const { name, text, parsed } of workflows) {
    expect(parsed, name).toMatchObject({ permissions: { contents: "read" } });
    expect(text, name).not.toContain("pull_request_target");
    // Foreign text, such as a branch's name, reaches a shell only as a variable.
    const lines = text.split("\n").filter((line) => /^\s*(- )?run:/.test(line));
    expect(
      lines.filter((line) => line.includes("${{")),
      name,
    ).toEqual([]);
  }
});

test("workflows, the image and package.json want the same Bun", () => {
  const { packageManager } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const dockerfile = readFileSync(join(root, "ops/docker/Dockerfile"), "utf8");
  const texts = [...workflows.map(({ text }) => text), dockerfile];
  const versions = texts.map((text) =>
    [...text.matchAll(/(?:bun-version: |oven\/bun:)([\d.]+)/g)].map(([, version]) => `bun@${version}`),
  );

  expect(new Set(versions.flat())).toEqual(new Set([packageManager]));
  expect(versions.at(-1)).toHaveLength(2);
});

test("updates come weekly and in groups, and never another major version of PostgreSQL", () => {
  const { updates } = Bun.YAML.parse(readFileSync(join(root, ".github/dependabot.yml"), "utf8")) as {
    updates: { "package-ecosystem": string; schedule: unknown; groups: object; ignore?: unknown }[];
  };
  const compose = updates.find((one) => one["package-ecosystem"] === "docker-compose");

  expect(updates.map((one) => [one.schedule, Object.keys(one.groups).length])).toEqual(
    updates.map(() => [{ interval: "weekly" }, 1]),
  );
  expect(compose?.ignore).toEqual([
    { "dependency-name": "postgres", "update-types": ["version-update:semver-major"] },
  ]);
});

test("the scripts and files that the workflows run exist", () => {
  const scriptsIn = (folder: string): string[] =>
    Object.keys(JSON.parse(readFileSync(join(root, folder, "package.json"), "utf8")).scripts);
  const text = workflows.map((workflow) => workflow.text).join("\n");
  const scripts = [...text.matchAll(/bun run (?:--cwd (\S+) )?([\w:]+)/g)];
  const files = [...text.matchAll(/(?:bun|-f|vitest run) ((?:ops|e2e)\/[\w./]+)/g)];

  expect([scripts.length > 5, files.length > 2]).toEqual([true, true]);
  expect(scripts.filter(([, folder = ".", name = ""]) => !scriptsIn(folder).includes(name))).toEqual([]);
  expect(files.filter(([, file = ""]) => !existsSync(join(root, file)))).toEqual([]);
});
