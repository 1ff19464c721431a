import { expect, test } from "vitest";
import { privacyPage } from "./public_pages.ts";

test("privacyPage() names who runs it, as text and not as markup, and how long backups stay", async () => {
  const operator = { name: "<Acme> Ltd", email: "privacy@acme.test" };

  const text = await privacyPage({ host: "chat.example.com", operator, backupDays: 30 }).text();

  expect(text).toContain("&lt;Acme&gt; Ltd");
  expect(text).toContain('href="mailto:privacy@acme.test"');
  expect(text).toContain("for up to 30 days");
  expect(text).not.toContain("the operator of");
});
