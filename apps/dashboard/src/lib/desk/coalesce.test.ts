import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Coalescer } from "./coalesce.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test("Coalescer hands a burst over once, each id once", async () => {
  const flushed: string[][] = [];
  const coalescer = new Coalescer(async (ids) => void flushed.push(ids), { waitMs: 50 });

  for (const id of ["a", "b", "a", "a"]) coalescer.add(id);
  await vi.advanceTimersByTimeAsync(50);

  expect(flushed).toEqual([["a", "b"]]);
});

test("Coalescer keeps events that arrive during a delivery for the next one, also after a failure", async () => {
  const flushed: string[][] = [];
  let fail: (reason: Error) => void = () => {};
  const coalescer = new Coalescer(
    (ids) => {
      flushed.push(ids);
      return new Promise((_resolve, reject) => (fail = reject));
    },
    { waitMs: 50 },
  );

  coalescer.add("a");
  await vi.advanceTimersByTimeAsync(50);
  coalescer.add("b");
  await vi.advanceTimersByTimeAsync(500);
  expect(flushed).toEqual([["a"]]);
  fail(new Error("offline"));
  await vi.advanceTimersByTimeAsync(50);

  expect(flushed).toEqual([["a"], ["b"]]);
});
