import { expect, test } from "vitest";
import { deleteInChunks } from "./prune.ts";

test("deleteInChunks() continues while chunks are full, and counts", async () => {
  const asked: number[] = [];
  let left = 7;

  const count = await deleteInChunks(async (limit) => {
    asked.push(limit);
    const gone = Math.min(limit, left);
    left -= gone;
    return { count: gone };
  }, 3);

  expect([count, left, asked]).toEqual([7, 0, [3, 3, 3]]);
});
