import { expect, test } from "vitest";
import { fillScreen, type Taken } from "./fill_screen.ts";

/** Takes these pages one after the other, then the last again and again. */
async function fill(...pages: (Taken | null)[]): Promise<{ taken: number; said: string[] }> {
  const said: string[] = [];
  let taken = 0;
  await fillScreen(
    async () => pages[Math.min(taken++, pages.length - 1)] ?? null,
    (further) => void said.push(further),
  );
  return { taken, said };
}

test("fillScreen() takes one page when that fills the screen or is the last", async () => {
  expect(await fill({ rows: 30, hasMore: true })).toEqual({ taken: 1, said: ["no"] });
  expect(await fill({ rows: 0, hasMore: false })).toEqual({ taken: 1, said: ["no"] });
});

test("fillScreen() goes on over short and empty pages until the screen is full", async () => {
  const pages = [4, 0, 10, 1].map((rows) => ({ rows, hasMore: true }));

  expect(await fill(...pages)).toEqual({ taken: 4, said: ["searching", "searching", "searching", "no"] });
});

test("fillScreen() leaves it to a person after twenty pages", async () => {
  const { taken, said } = await fill({ rows: 0, hasMore: true });

  expect(taken).toBe(20);
  expect(said.at(-1)).toBe("paused");
});

test("fillScreen() stops where nothing came", async () => {
  expect(await fill({ rows: 3, hasMore: true }, null)).toEqual({ taken: 2, said: ["searching"] });
});
