import { directionOf } from "#std";
import type { MailContent } from "./mail_content.ts";

const styles = {
  page: "margin:0;padding:24px;background:#f3f4f6;color:#111827;font:16px/1.6 system-ui,-apple-system,'Segoe UI',Roboto,sans-serif",
  card: "max-width:560px;margin:0 auto;padding:32px;background:#ffffff;border-radius:12px",
  title: "margin:0 0 16px;font-size:20px;line-height:1.3",
  text: "margin:0 0 16px;white-space:pre-line",
  button:
    "display:inline-block;padding:12px 20px;border-radius:8px;background:#1d4ed8;color:#ffffff;font-weight:600;text-decoration:none",
  link: "margin:0 0 16px;font-size:13px;word-break:break-all;color:#4b5563",
  footer: "margin:24px 0 0;font-size:13px;color:#4b5563",
  end: "color:#4b5563",
};

/** The mail as HTML. Styles are inline and pictures are missing: clients drop the one and block the other. */
export function htmlOf({ language, subject, paragraphs, button, footer, unsubscribe }: MailContent): string {
  const escape = Bun.escapeHTML;
  const direction = directionOf(language);
  const url = button ? escape(button.url) : "";
  const action = button
    ? `<p style="${styles.text}"><a href="${url}" style="${styles.button}">${escape(button.label)}</a></p>
<p style="${styles.link}" dir="ltr">${url}</p>`
    : "";
  const end = unsubscribe
    ? ` <a href="${escape(unsubscribe.url)}" style="${styles.end}">${escape(unsubscribe.label)}</a>`
    : "";
  return `<!doctype html>
<html lang="${language}" dir="${direction}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escape(subject)}</title></head>
<body style="${styles.page}"><div style="${styles.card}" dir="${direction}">
<h1 style="${styles.title}">${escape(subject)}</h1>
${paragraphs.map((text) => `<p style="${styles.text}">${escape(text)}</p>`).join("\n")}
${action}
<p style="${styles.footer}">${escape(footer)}${end}</p>
</div></body></html>
`;
}

/** The same as plain text. */
export function textOf({ paragraphs, button, footer, unsubscribe }: MailContent): string {
  const action = button ? [`${button.label}:\n${button.url}`] : [];
  const end = unsubscribe ? `\n${unsubscribe.label}: ${unsubscribe.url}` : "";
  return `${[...paragraphs, ...action, `-- \n${footer}${end}`].join("\n\n")}\n`;
}
