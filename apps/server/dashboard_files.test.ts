import { createHash } from "node:crypto";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openDashboardFiles } from "./dashboard_files.ts";

const hashOf = (text: string) => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;

test("the dashboard's page allows only inline scripts and styles of its build", () => {
  const directory = mkdtempSync(join(tmpdir(), "ms-dashboard-"));
  writeFileSync(join(directory, "en.html"), `<script src="/a.js"></script><script>start()</script>`);
  writeFileSync(join(directory, "a.js"), 'const markup = `<div style="display: contents"></div>`;');

  const serve = openDashboardFiles(directory, ["https:"]);
  const answer = serve(new Request("http://localhost/inbox"));

  const policy = new Map(
    (answer?.headers.get("content-security-policy") ?? "").split("; ").map((part) => {
      const [name = "", ...sources] = part.split(" ");
      return [name, sources.join(" ")];
    }),
  );
  expect(policy.get("script-src")).toBe(`'self' ${hashOf("start()")}`);
  expect(policy.get("style-src")).toBe("'self'");
  expect(policy.get("style-src-attr")).toBe(`'unsafe-hashes' ${hashOf("display: contents")}`);
  expect(policy.get("frame-ancestors")).toBe("'none'");
  expect([...policy.values()].join(" ")).not.toContain("unsafe-inline");
});
