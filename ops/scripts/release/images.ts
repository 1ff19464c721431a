// The image of this version, and one of a next version: a label of its own, and a migration more.
import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import packageJson from "../../../package.json" with { type: "json" };
import { root } from "../../prepare.ts";
import { folder, run } from "./engine.ts";

export const image = "messagesender:release-test";
export const nextImage = "messagesender:release-test-next";
export const { version } = packageJson;
export const nextVersion = `${version}-next`;
/** The change that the migration of the next version makes in the database. */
export const nextComment = "The next version was here";

export function buildImage(more: readonly string[]): void {
  const commit = run("git", ["rev-parse", "--short", "HEAD"]).trim();
  const says = ["--build-arg", `VERSION=${version}`, "--build-arg", `COMMIT=${commit}`];
  run("docker", ["build", "-f", "ops/docker/Dockerfile", "-t", image, ...says, ...more, "."]);
}

export function buildNextImage(): void {
  const context = join(folder, "next");
  const journalFile = join(context, "migrations/meta/_journal.json");
  mkdirSync(context);
  cpSync(join(root, "db/migrations"), join(context, "migrations"), { recursive: true });
  const journal = JSON.parse(readFileSync(journalFile, "utf8"));
  const last = journal.entries.at(-1);
  journal.entries.push({ ...last, idx: last.idx + 1, when: last.when + 1, tag: "next" });
  writeFileSync(journalFile, JSON.stringify(journal));
  writeFileSync(join(context, "migrations/next.sql"), `COMMENT ON SCHEMA messaging IS '${nextComment}';`);
  const lines = [
    `FROM ${image}`,
    "COPY migrations /app/apps/server/migrations",
    `ENV MESSAGESENDER_VERSION=${nextVersion}`,
  ];
  writeFileSync(join(context, "Dockerfile"), `${lines.join("\n")}\n`);
  run("docker", ["build", "-t", nextImage, context]);
}
