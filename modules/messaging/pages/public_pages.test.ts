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
  const done = deletionPage({ doneOn: "2026-11-24", pages: 2 }, { language, own: null });
  const missing = deletionPage(null, { language, own: null });

  expect([done.status, missing.status]).toEqual([200, 404]);
  expect(done.headers.get("vary")).toBe("accept-language, cookie");
  const text = await done.text();
  expect(text).toContain(`<html lang="${language}" dir="${direction}">`);
  expect(text).toContain(date);
  expect(await missing.text()).toContain(words[language]["deletion.missing"]);
});

test("deletionPage() shows the owner's words as text, with their language, the day and the number of pages", async () => {
  const text = { title: "Eliminado", text: "El {date}: {pages} páginas.\n\n<b>Adiós</b> {name}" };
  const spanish = deletionPage(
    { doneOn: "2026-11-24", pages: 2 },
    { language: "en", own: { text, language: "es" } },
  );
  const unnamed = deletionPage(
    { doneOn: "2026-11-24", pages: 2 },
    { language: "en", own: { text, language: null } },
  );

  const shown = await spanish.text();
  expect(shown).toContain('<html lang="es" dir="ltr">');
  expect(shown).toContain("<h1>Eliminado</h1>");
  expect(shown).toContain("<p>El 24 de noviembre de 2026: 2 páginas.</p>");
  expect(shown).toContain("<p>&lt;b&gt;Adiós&lt;/b&gt; {name}</p>");
  expect(await unnamed.text()).toMatch(/<html dir="auto">[\s\S]*<p>El 2026-11-24: 2 páginas\.<\/p>/);
  expect(unnamed.headers.get("content-language")).toBeNull();
});
