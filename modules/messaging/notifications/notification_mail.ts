import type { MailContent } from "#mail";
import { type Language, wordTemplate } from "#std";
import type { MailedNotification } from "./waiting_mail.ts";
import { words } from "./words/words.ts";

/** Further ones are only counted. */
export const mostListed = 30;

export interface NotificationMail {
  language: Language;
  appUrl: string;
  /** At least one and at most `mostListed`, of one workspace after the other. */
  items: readonly MailedNotification[];
  total: number;
  unsubscribeToken: string;
}

/** One mail about one or many notifications: names of people, campaigns and pages, and no text of messages. */
export function notificationMail({
  language,
  appUrl,
  items,
  total,
  unsubscribeToken,
}: NotificationMail): MailContent {
  const text = words[language];
  const [first] = items;
  const isOne = total === 1 && first !== undefined;
  const byWorkspace = Map.groupBy(items, (item) => item.workspaceName);
  const paragraphs = [...byWorkspace].map(([name, all]) =>
    [name, ...all.map((item) => `• ${sentence(language, item)}`)].join("\n"),
  );
  if (total > items.length)
    paragraphs.push(wordTemplate(text["mail.further"], { count: String(total - items.length) }));
  const query = `token=${encodeURIComponent(unsubscribeToken)}`;
  return {
    language,
    subject: isOne ? sentence(language, first) : wordTemplate(text["mail.subject"], { count: String(total) }),
    paragraphs: isOne ? [first.workspaceName] : paragraphs,
    button: { label: text["mail.button"], url: `${appUrl}${isOne ? pathOf(first) : listPath(first)}` },
    footer: text["mail.footer"],
    unsubscribe: {
      label: text["mail.end"],
      url: `${appUrl}/unsubscribe#${query}`,
      postUrl: `${appUrl}/api/v1/notifications/unsubscribe?${query}`,
    },
  };
}

function sentence(language: Language, { kind, name, by, others }: MailedNotification): string {
  const text = words[language];
  const values = { name, by: by ?? text["by.someone"], count: String(others + 1) };
  if (kind !== "assigned") return wordTemplate(text[kind], values);
  const one = by === null ? text.assigned : text["assigned.by"];
  return wordTemplate(others > 0 ? text["assigned.many"] : one, values);
}

const listPath = (item: MailedNotification | undefined) =>
  item === undefined ? "" : `/w/${item.workspaceId}/notifications`;

function pathOf(item: MailedNotification): string {
  const { workspaceId, conversationId, others } = item;
  return conversationId !== null && others === 0
    ? `/w/${workspaceId}/inbox/${conversationId}`
    : listPath(item);
}
