import { type Language, languages } from "#std";

/** The words of one mail. Plain text everywhere: values in it are never markup. */
export interface MailContent {
  language: Language;
  /** One line. */
  subject: string;
  paragraphs: readonly string[];
  button?: { label: string; url: string };
  /** Smaller, at the end: why this person gets the mail. */
  footer: string;
  /** For mail that its reader may do without. */
  unsubscribe?: Unsubscribe;
}

export interface Unsubscribe {
  label: string;
  /** A page with a button: programs that look at links must not end anything. */
  url: string;
  /** Ends it by a POST, which mail programs send for their own button (RFC 8058). */
  postUrl: string;
}

/** Longer parts are cut: a mail is a note with a link. */
const longest = { line: 200, text: 2_000, url: 2_000, paragraphs: 20 };

function oneLine(text: string): string {
  return text
    .replaceAll(/[\p{Cc}\u2028\u2029]/gu, " ")
    .trim()
    .slice(0, longest.line);
}

/** The content within its limits; the subject cannot begin another header. */
export function boundContent({
  language,
  subject,
  paragraphs,
  button,
  footer,
  unsubscribe,
}: MailContent): MailContent {
  return {
    language,
    subject: oneLine(subject),
    paragraphs: paragraphs.slice(0, longest.paragraphs).map((text) => text.slice(0, longest.text)),
    ...(button && { button: { label: oneLine(button.label), url: button.url.slice(0, longest.url) } }),
    footer: footer.slice(0, longest.text),
    ...(unsubscribe && { unsubscribe: { ...unsubscribe, label: oneLine(unsubscribe.label) } }),
  };
}

/** Reads what `queueMail` sealed. */
export function readContent(json: string): MailContent {
  const value: Partial<MailContent> = JSON.parse(json);
  const { language, subject, paragraphs, button, footer, unsubscribe } = value;
  if (!languages.some((one) => one === language) || !subject || !paragraphs || footer === undefined)
    throw new Error("Cannot read a mail: its content is incomplete");
  const optional = { ...(button && { button }), ...(unsubscribe && { unsubscribe }) };
  return { language: language ?? "en", subject, paragraphs, footer, ...optional };
}
