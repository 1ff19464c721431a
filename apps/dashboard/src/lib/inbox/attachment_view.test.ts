import { expect, test } from "vitest";
import type { Attachment } from "../api/types.ts";
import { attachmentView } from "./attachment_view.ts";

function attachment(type: string, part: Partial<Attachment> = {}): Attachment {
  return {
    id: "a",
    type,
    title: null,
    url: null,
    fileState: "none",
    fileName: null,
    mimeType: null,
    bytes: null,
    payload: null,
    ...part,
  };
}

test("attachmentView() shows a stored picture and says when it is still being copied, or lost", () => {
  expect(
    attachmentView(attachment("image", { fileState: "stored", url: "/f", mimeType: "image/png" })).kind,
  ).toBe("image");
  expect(attachmentView(attachment("image", { fileState: "wanted" })).kind).toBe("waiting");
  expect(attachmentView(attachment("image", { fileState: "failed" })).kind).toBe("lost");
});

test("attachmentView() offers a picture that is none as a file", () => {
  const view = attachmentView(attachment("image", { fileState: "stored", url: "/f", mimeType: "text/html" }));

  expect(view.kind).toBe("file");
});

test("attachmentView() links shared posts, and never to a script", () => {
  expect(attachmentView(attachment("post", { url: "https://facebook.com/1", title: "Sale" }))).toEqual({
    kind: "link",
    label: "Shared post",
    title: "Sale",
    url: "https://facebook.com/1",
  });
  expect(attachmentView(attachment("fallback", { url: "javascript:alert(1)" }))).toMatchObject({
    kind: "link",
    url: null,
  });
});

test("attachmentView() reads places, bookings and products from the payload", () => {
  expect(
    attachmentView(attachment("location", { payload: { coordinates: { lat: 52.5, long: 9.7 } } })),
  ).toMatchObject({
    kind: "location",
    latitude: 52.5,
  });
  expect(
    attachmentView(
      attachment("appointment_booking", { payload: { status: "confirmed", start_time: 1764064800 } }),
    ),
  ).toMatchObject({ kind: "booking", status: "confirmed", startsAt: "2025-11-25T10:00:00.000Z" });
  expect(
    attachmentView(
      attachment("template", { payload: { product: { elements: [{ title: "Mug", subtitle: "$40" }] } } }),
    ),
  ).toEqual({ kind: "product", items: [{ title: "Mug", subtitle: "$40" }] });
});

test("attachmentView() makes a plain card of a kind that nobody knows, and of a broken one", () => {
  expect(attachmentView(attachment("hologram", { title: "Hi" }))).toEqual({
    kind: "other",
    type: "hologram",
    title: "Hi",
    url: null,
  });
  expect(attachmentView(attachment("location", { payload: { coordinates: "here" } })).kind).toBe("other");
});

test("attachmentView() gives a booking no time that there is not", () => {
  for (const start_time of [1e17, -1e17, "tomorrow", null])
    expect(attachmentView(attachment("appointment_booking", { payload: { start_time } }))).toMatchObject({
      kind: "booking",
      startsAt: null,
    });
});

test("attachmentView() shows the words and buttons that another app sent", () => {
  const payload = { template_type: "button", text: "What next?", buttons: [{ title: "Call" }, null, {}] };

  expect(attachmentView(attachment("template", { payload }))).toEqual({
    kind: "words",
    text: "What next?",
    buttons: ["Call"],
  });
});

test("attachmentView() draws no picture that was not copied", () => {
  const view = attachmentView(attachment("image", { url: "https://www.facebook.com/relative/pic.png" }));

  expect(view).toMatchObject({ kind: "other", url: "https://www.facebook.com/relative/pic.png" });
});
