import { expect, test } from "vitest";
import { notificationPath, notificationTitle } from "./notification_words.ts";
import type { Notification } from "../api/notifications.ts";

const told = (changes: Partial<Notification>): Notification => ({
  id: "019abf6e-4d2f-7c11-9d0e-5b6f4f1f2a10",
  kind: "campaign-finished",
  campaign: { id: "c1", name: "News", isSequence: false, isDraft: false },
  conversation: null,
  page: null,
  by: null,
  detail: null,
  startsAt: null,
  isRead: false,
  createdAt: "2026-11-24T10:00:00.000Z",
  ...changes,
});

test("the sentence names the person who requested or approved", () => {
  expect(notificationTitle(told({ kind: "approval-asked", by: "Ben" }))).toBe(
    "Ben requests your approval of “News”",
  );
  expect(notificationTitle(told({ kind: "approval-given", by: null }))).toBe("A manager approved “News”");
  expect(notificationTitle(told({ kind: "approval-refused", detail: "Shorter" }))).toBe(
    "“News” was sent back for changes",
  );
});

test("an approval that comes too late says when the campaign was to begin, and leads to its draft", () => {
  const campaign = { id: "c1", name: "News", isSequence: false, isDraft: true };
  const overdue = told({ kind: "approval-overdue", campaign, startsAt: "2026-11-24T10:00:00.000Z" });

  expect(notificationTitle(overdue)).toMatch(/^“News” is waiting for approval. Scheduled start: .*2026/);
  expect(notificationPath(overdue)).toBe("/campaigns/c1/edit");
});

test("a page in trouble is named, and leads to the pages", () => {
  const about = { campaign: null, page: { id: "p1", name: "Blue Bakery" } };
  const trouble = told({ ...about, kind: "page-trouble", detail: "Reconnect it" });

  expect(notificationTitle(trouble)).toBe("The page “Blue Bakery” needs attention");
  expect(notificationPath(trouble)).toBe("/pages");
  expect(notificationTitle(told({ ...about, kind: "page-mended" }))).toBe(
    "The page “Blue Bakery” works again",
  );
});

test("notificationPath() leads to the draft, the results, or the sequence", () => {
  const campaign = { id: "c1", name: "News", isSequence: false, isDraft: false };

  expect(notificationPath(told({}))).toBe("/campaigns/c1");
  expect(notificationPath(told({ campaign: { ...campaign, isDraft: true } }))).toBe("/campaigns/c1/edit");
  expect(notificationPath(told({ campaign: { ...campaign, isSequence: true } }))).toBe("/sequences/c1");
});

test("a mention names its author, the contact and the text, and links to the conversation", () => {
  const about = { campaign: null, conversation: { id: "v1", name: "Anna Keller", others: 0 }, by: "Ben" };
  const mention = told({ ...about, kind: "mention", detail: "@Ada call her" });

  expect(notificationTitle(mention)).toBe("Ben mentioned you in a note about Anna Keller");
  expect(notificationPath(mention)).toBe("/inbox/v1");
  expect(notificationTitle(told({ ...about, kind: "assigned" }))).toBe(
    "Ben assigned the conversation with Anna Keller to you",
  );
  const many = told({ ...about, conversation: { ...about.conversation, others: 199 }, kind: "assigned" });
  expect(notificationTitle(many)).toBe(
    "Ben assigned 200 conversations to you, including the one with Anna Keller",
  );
  expect(notificationPath(many)).toBe("/inbox");
});
