import { expect, test } from "vitest";
import { begunProblems } from "./begun_problems.ts";

const at = (path: string) => ({ path, message: "It is empty" });

test("begunProblems() says nothing of a message, card, button or reply in which nothing is written", () => {
  const button = { type: "url" as const, title: "", url: "", isTracked: true };

  expect(begunProblems({ cards: [{ title: "" }] }, [at("/cards/0"), at("/cards/0/title")])).toEqual([]);
  expect(
    begunProblems({ cards: [{ title: "" }], quickReplies: [{ title: "Yes" }] }, [at("/cards/0")]),
  ).toEqual([]);
  expect(begunProblems({ text: "Hi", buttons: [button] }, [at("/buttons/0/title")])).toEqual([]);
  expect(begunProblems({}, [at("")])).toEqual([]);
});

test("begunProblems() keeps problems of filled parts", () => {
  const card = { title: "Bag", buttons: [{ type: "url" as const, title: "", url: "" }] };
  const kept = [at("/cards/0"), at("/text")];

  const problems = [...kept, at("/cards/0/buttons/0/url"), at("/cards/1")];

  expect(begunProblems({ text: "Hi {{", cards: [card, { title: "" }] }, problems)).toEqual(kept);
});
