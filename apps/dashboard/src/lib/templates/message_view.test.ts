import { expect, test } from "vitest";
import { viewMessage } from "./message_view.ts";

test("viewMessage() reads a text with buttons and quick replies", () => {
  const view = viewMessage({
    attachment: {
      type: "template",
      payload: { template_type: "button", text: "What next?", buttons: [{ type: "web_url", title: "Shop" }] },
    },
    quick_replies: [{ content_type: "text", title: "Later" }],
  });

  expect(view).toMatchObject({ text: "What next?", buttons: ["Shop"], quickReplies: ["Later"], media: null });
});

test("viewMessage() reads cards and their buttons, each with its own", () => {
  const view = viewMessage({
    attachment: {
      type: "template",
      payload: {
        template_type: "generic",
        elements: [{ title: "Guji", subtitle: "Peach", buttons: [{ title: "Order" }] }, { title: "Santos" }],
      },
    },
  });

  expect(view.cards).toEqual([
    { title: "Guji", subtitle: "Peach", imageUrl: null, buttons: ["Order"] },
    { title: "Santos", subtitle: null, imageUrl: null, buttons: [] },
  ]);
  expect(view.buttons).toEqual([]);
});

test("viewMessage() reads a file, bare or with buttons", () => {
  expect(viewMessage({ attachment: { type: "image", payload: {} } }).media).toEqual({
    type: "image",
    url: null,
  });

  const withButtons = viewMessage({
    attachment: {
      type: "template",
      payload: { template_type: "media", elements: [{ media_type: "video", buttons: [{ title: "More" }] }] },
    },
  });
  expect(withButtons).toMatchObject({ media: { type: "video", url: null }, buttons: ["More"] });
});

test("viewMessage() draws nothing for unknown parts", () => {
  expect(viewMessage("nonsense")).toMatchObject({ text: null, media: null, cards: [], quickReplies: [] });
});
