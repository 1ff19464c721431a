import { expect, test } from "vitest";
import {
  contentDraft,
  contentOf,
  contentProblems,
  emptyContent,
  newButton,
  newCard,
} from "./content_draft.ts";

test("contentOf() reverses contentDraft()", () => {
  const contents = [
    {
      text: "Hi {{first_name|there}}",
      buttons: [{ type: "url" as const, title: "Shop", url: "https://a.example" }],
    },
    { text: "Yes or no?", quickReplies: [{ title: "Yes" }, { title: "No", payload: "NO" }] },
    {
      cards: [
        {
          title: "Guji",
          subtitle: "Peach",
          buttons: [{ type: "postback" as const, title: "More", payload: "M" }],
        },
      ],
    },
    { mediaFileId: "m1" },
    { utility: { name: "order", language: "en", parameters: { order_id: "1" } } },
  ];

  for (const content of contents) expect(contentOf(contentDraft(content))).toEqual(content);
});

test("contentOf() keeps to the chosen kind of message: text that was written before stays out of cards", () => {
  const draft = { ...emptyContent(), body: "cards" as const, text: "forgotten", cards: [newCard()] };

  expect(contentOf(draft)).toEqual({ cards: [{ title: "" }] });
});

test("contentProblems() lists missing parts in the order of the form", () => {
  const draft = emptyContent();
  draft.buttons = [{ ...newButton(), title: "Shop", value: "shop.example" }];

  expect(contentProblems(draft)).toEqual([
    "Write the text",
    "Button “Shop” needs a URL that begins with https://",
  ]);
});

test("contentProblems() counts like Messenger: an emoji is one character, and a variable counts with its value", () => {
  const draft = emptyContent();
  draft.text = "🎉".repeat(1_999);
  expect(contentProblems(draft)).toEqual([]);
  draft.text = `${"x".repeat(630)}{{custom.a_long_name|friend}}`;
  draft.buttons = [{ ...newButton("postback"), title: "Hi {{first_name|you}}" }];
  draft.quickReplies = [{ title: "{{custom.favourite|Coffee}}", payload: "" }];
  expect(contentProblems(draft)).toEqual([]);
  draft.quickReplies = [{ title: "A title of many words", payload: "" }];
  expect(contentProblems(draft)).toEqual(["“A title of many words” is longer than 20 characters"]);
});

test("contentProblems() knows that buttons leave less room for text, and that a card needs more than a title", () => {
  const draft = emptyContent();
  draft.text = "x".repeat(641);
  expect(contentProblems(draft)).toEqual([]);
  draft.buttons = [{ ...newButton("postback"), title: "Go" }];
  expect(contentProblems(draft)).toEqual(["Messenger allows 640 characters of text with buttons"]);

  const cards = { ...emptyContent(), body: "cards" as const, cards: [{ ...newCard(), title: "Guji" }] };
  expect(contentProblems(cards)).toEqual(["Card 1 needs a subtitle, an image or a button"]);
});
