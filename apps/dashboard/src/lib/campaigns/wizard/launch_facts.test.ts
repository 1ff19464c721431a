import { expect, test } from "vitest";
import type { Reach } from "../../api/campaigns.ts";
import { newDraft } from "./draft.ts";
import { beginWords, fromWords, launchWords, variantLines } from "./launch_facts.ts";

const reach: Reach = { count: 5998, reasons: [], funnel: [], lastsSeconds: 20, unknownAuthors: null };
const pages = ["Luna", "Sol", "Mar", "Rio", "Sal"].map((name) => ({ id: name, name, status: "connected" }));

test("fromWords() names the pages that send, and counts those beyond three", () => {
  const draft = newDraft("UTC");
  const off = { id: "Off", name: "Off", status: "disconnected" };

  expect(fromWords(draft, [pages[0] ?? off, off])).toBe("Luna");
  expect(fromWords(draft, pages)).toBe("Luna, Sol, Mar and 2 more");
  expect(fromWords(draft, pages.slice(0, 4))).toBe("Luna, Sol, Mar, Rio");
  expect(fromWords({ audience: { ...draft.audience, way: "pages", pageIds: ["Sol"] } }, pages)).toBe("Sol");
  expect(fromWords(draft, [])).toBe("No connected page");
});

test("launchWords() and beginWords() name the action and its time", () => {
  const draft = newDraft("UTC");
  const later = { ...draft, when: { ...draft.when, way: "at" as const, date: "2026-12-24", time: "09:00" } };
  const often = { ...draft, when: { ...draft.when, way: "recurring" as const, every: "day" as const } };
  const verb = (of: typeof draft, isChange = false) => launchWords(of, { reach, isChange }).verb;

  expect(launchWords(draft, { reach, isChange: false }).title).toBe("Send to 5,998 contacts?");
  expect([verb(draft), verb(later), verb(often), verb(later, true)]).toEqual([
    "Send now",
    "Schedule",
    "Start campaign",
    "Save changes",
  ]);
  expect(beginWords(draft)).toBe("Now");
  expect(beginWords(often)).toMatch(/^Every day at \d\d:\d\d/);
});

test("variantLines() names variants by letters and shares, and a single one not", () => {
  const draft = newDraft("UTC");
  const [variant] = draft.variants;
  if (variant) variant.content.text = "Hi";

  expect(variantLines(draft)).toEqual([{ name: "Message", lines: "Hi" }]);
  expect(variantLines({ variants: [...draft.variants, ...draft.variants] }).map(({ name }) => name)).toEqual([
    "Variant A, 100%",
    "Variant B, 100%",
  ]);
});
