import { expect, test } from "vitest";
import { type Language, languageOf } from "#std";
import { deletionPage, privacyPage } from "./public_pages.ts";
import { words } from "./words/words.ts";

const facts = {
  host: "chat.example.com",
  operator: { name: "<Acme> Ltd", email: "privacy@acme.test" },
  backupDays: 30,
};

const wanting = (header: string) =>
  languageOf(new Request("http://h/", { headers: { "accept-language": header } }));

test("privacyPage() shows the operator as text, not as markup, and the retention of backups", async () => {
  const text = await privacyPage(facts, "en").text();

  expect(text).toContain("&lt;Acme&gt; Ltd");
  expect(text).toContain('href="mailto:privacy@acme.test"');
  expect(text).toContain("after 30 days at the latest");
  expect(text).not.toContain("operator of");
});

test("languageOf() returns the reader's preferred available language, else English", () => {
  expect(["es-MX,es;q=0.9,en;q=0.8", "de,ar-EG;q=0.7,en;q=0.3", "en;q=0.5,es;q=0.9"].map(wanting)).toEqual([
    "es",
    "ar",
    "es",
  ]);
  expect(["", "de", "*", "es;q=0", ",;q=x,"].map(wanting)).toEqual(["en", "en", "en", "en", "en"]);
});

test.each<[Language, string, string]>([
  ["en", "ltr", "November 24, 2026"],
  ["es", "ltr", "24 de noviembre de 2026"],
  ["ar", "rtl", "24 نوفمبر 2026"],
])("deletionPage() in %s has its language, direction and date", async (language, direction, date) => {
  const done = deletionPage({ doneOn: "2026-11-24", pages: 2 }, language);
  const missing = deletionPage(null, language);

  expect([done.status, missing.status]).toEqual([200, 404]);
  expect(done.headers.get("vary")).toBe("accept-language");
  const text = await done.text();
  expect(text).toContain(`<html lang="${language}" dir="${direction}">`);
  expect(text).toContain(date);
  expect(await missing.text()).toContain(words[language]["deletion.missing"]);
});
