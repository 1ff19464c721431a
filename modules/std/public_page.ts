import { createHash } from "node:crypto";
import { directionOf, languages } from "./languages.ts";

const style =
  ":root{color-scheme:light dark}body{max-width:42rem;margin:3rem auto;padding:0 1rem;font:16px/1.6 system-ui,sans-serif}";
const policy = `default-src 'none'; style-src 'sha256-${createHash("sha256").update(style).digest("base64")}'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'`;

export interface PublicPage {
  /** Null: the page is in a language that nobody named. */
  language: string | null;
  /** Plain text. */
  title: string;
  /** Markup: whoever makes it escapes the values in it. */
  body: string;
  status?: number;
  headers?: Record<string, string>;
}

/** A page for people without an account: text alone, in their language. */
export function publicPage({ language, title, body, status = 200, headers = {} }: PublicPage): Response {
  const name = Bun.escapeHTML(title);
  const known = languages.find((one) => one === language);
  const direction = known === undefined ? "auto" : directionOf(known);
  const html = `<!doctype html>
<html${language === null ? "" : ` lang="${language}"`} dir="${direction}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${name}</title><style>${style}</style></head>
<body><h1>${name}</h1>
${body}
</body></html>
`;
  return new Response(html, {
    status,
    headers: {
      ...headers,
      "content-type": "text/html; charset=utf-8",
      ...(language === null ? {} : { "content-language": language }),
      vary: "accept-language, cookie",
      "content-security-policy": policy,
    },
  });
}
