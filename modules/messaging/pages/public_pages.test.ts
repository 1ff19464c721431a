import { expect, test } from "vitest";
import type { Language } from "#std";
import { deletionPage, privacyPage } from "./public_pages.ts";
import { words } from "./words/words.ts";

const facts = {
  host: "chat.example.com",
  operator: { name: "<Acme> Ltd", email: "privacy@acme.test" },
  backupDays: 30,
};

test("privacyPage() shows the operator as text, not as markup, and the retention of backups", async () => {
  const text = await privacyPage(facts, "en").text();

  expect(text).toContain("&lt;Acme&gt; Ltd");
  expect(text).toContain('href="mailto:privacy@acme.test"');
  expect(text).toContain("after 30 days at the latest");
  expect(text).not.toContain("operator of");
});

test.each<[Language, string, string]>([
  ["en", "ltr", "November 24, 2026"],
  ["es", "ltr", "24 de noviembre de 2026"],
  ["ar", "rtl", "24 نوفمبر 2026"],
])("deletionPage() in %s has its language, direction and date", async (language, direction, date) => {
  const done = deletionPage({ doneOn: "2026-11-24", pages: 2 }, language);
  const missing = deletionPage(null, language);

  expect([done.status, missing.status]).toEqual([200, 404]);
  expect(done.headers.get("vary")).toBe("accept-language, cookie");
  const text = await done.text();
  expect(text).toContain(`<html lang="${language}" dir="${direction}">`);
  expect(text).toContain(date);
  expect(await missing.text()).toContain(words[language]["deletion.missing"]);
});
