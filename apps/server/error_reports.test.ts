import * as Sentry from "@sentry/bun";
import { afterAll, expect, test } from "vitest";
import { log } from "#std";
import { startErrorReports } from "./error_reports.ts";

const received: string[] = [];
const sentry = Bun.serve({
  port: 0,
  async fetch(request) {
    received.push(await request.text());
    return Response.json({});
  },
});
afterAll(async () => {
  await Sentry.close();
  await sentry.stop(true);
});

test("reports to Sentry contain the error and its place, and no tokens, texts or personal data", async () => {
  startErrorReports(`http://key@127.0.0.1:${sentry.port}/1`, "9.9.9");
  Sentry.setUser({ email: "anna@example.com" });
  Sentry.setExtra("message", "My card is 4711");
  Sentry.addBreadcrumb({ message: "GET /me?access_token=EAABsecretbreadcrumb" });
  const failure = new Error(
    `Cannot call Meta: access_token=EAABsecrettoken1234 refused\nparams: My card is 4711,24266381753005180`,
    { cause: new Error("authorization: Bearer EAABsecretcause1234 was not accepted") },
  );
  Object.assign(failure, { body: { text: "My card is 4711" } });
  log.error("Cannot send", { error: failure });
  await Sentry.flush(5_000);

  const all = received.join("\n");
  expect(all).toContain("Cannot call Meta");
  expect(all).toContain("was not accepted");
  expect(all).toContain("error_reports.test.ts");
  expect(all).toContain("9.9.9");
  for (const secret of ["EAAB", "4711,", "24266381753005180", "anna@example.com"])
    expect(all).not.toContain(secret);
});
