import { expect, test } from "vitest";
import { notificationPath, notificationReason, notificationTitle } from "./notification_words.ts";
import type { Notification } from "./notifications_api.ts";

const told = (changes: Partial<Notification>): Notification => ({
  id: "019abf6e-4d2f-7c11-9d0e-5b6f4f1f2a10",
  kind: "campaign-finished",
  campaign: { id: "c1", name: "News", isSequence: false, isDraft: false },
  conversation: null,
  by: null,
  detail: null,
  startsAt: null,
  isRead: false,
  createdAt: "2026-11-24T10:00:00.000Z",
  ...changes,
});

test("who asked or approved stands in the sentence, what has to be changed below it", () => {
  const asked = told({ kind: "approval-asked", detail: "Ben" });
  const refused = told({ kind: "approval-refused", detail: "Shorter" });

  expect([notificationTitle(asked), notificationReason(asked)]).toEqual([
    "Ben asks for your approval of “News”",
    null,
  ]);
  expect([notificationTitle(refused), notificationReason(refused)]).toEqual([
    "“News” came back to be changed",
    "Shorter",
  ]);
});

test("that a campaign paused itself is said once", () => {
  const paused = told({
    kind: "campaign-paused",
    detail: "Paused by itself: 60 of the last 200 messages failed",
  });

  expect(notificationTitle(paused)).toBe("“News” paused itself");
  expect(notificationReason(paused)).toBe("60 of the last 200 messages failed");
});

test("notificationPath() leads to the draft, the results, or the sequence", () => {
  const campaign = { id: "c1", name: "News", isSequence: false, isDraft: false };

  expect(notificationPath(told({}))).toBe("/campaigns/c1");
  expect(notificationPath(told({ campaign: { ...campaign, isDraft: true } }))).toBe("/campaigns/c1/edit");
  expect(notificationPath(told({ campaign: { ...campaign, isSequence: true } }))).toBe("/sequences/c1");
});

test("a mention says who, about whom and what, and leads to the conversation", () => {
  const about = { campaign: null, conversation: { id: "v1", name: "Anna Keller", others: 0 }, by: "Ben" };
  const mention = told({ ...about, kind: "mention", detail: "@Ada call her" });

  expect(notificationTitle(mention)).toBe("Ben mentions you in a note about Anna Keller");
  expect(notificationReason(mention)).toBe("@Ada call her");
  expect(notificationPath(mention)).toBe("/inbox/v1");
  expect(notificationTitle(told({ ...about, kind: "assigned" }))).toBe(
    "Ben gave you the conversation with Anna Keller",
  );
  const many = told({ ...about, conversation: { ...about.conversation, others: 199 }, kind: "assigned" });
  expect(notificationTitle(many)).toBe("Ben gave you 200 conversations, that with Anna Keller among them");
  expect(notificationPath(many)).toBe("/inbox");
});
