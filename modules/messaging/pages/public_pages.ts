import { createHash } from "node:crypto";

/** Who runs this installation, for people who ask. */
export interface Operator {
  name: string | null;
  email: string | null;
}

export interface PrivacyFacts {
  host: string;
  operator: Operator;
  /** How long a backup still has what was deleted; null without backups. */
  backupDays: number | null;
}

const style =
  ":root{color-scheme:light dark}body{max-width:42rem;margin:3rem auto;padding:0 1rem;font:16px/1.6 system-ui,sans-serif}";
const policy = `default-src 'none'; style-src 'sha256-${createHash("sha256").update(style).digest("base64")}'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'`;

function page(title: string, body: string, status = 200): Response {
  const html = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title><style>${style}</style></head>
<body><h1>${title}</h1>
${body}
</body></html>
`;
  const headers = { "content-type": "text/html; charset=utf-8", "content-security-policy": policy };
  return new Response(html, { status, headers });
}

/** What people may read about their data here: kept in step with what the product stores. */
export function privacyPage({ host, operator, backupDays }: PrivacyFacts): Response {
  const who =
    operator.name === null ? `the operator of ${Bun.escapeHTML(host)}` : Bun.escapeHTML(operator.name);
  const address = operator.email === null ? null : Bun.escapeHTML(operator.email);
  const ask =
    address === null
      ? "write so to the page in Messenger"
      : `write so to the page in Messenger, or to <a href="mailto:${address}">${address}</a>`;
  const backups =
    backupDays === null
      ? ""
      : ` Encrypted backups still have it for up to ${backupDays} days, then they are deleted.`;
  return page(
    "Privacy",
    `<p>This is the inbox with which ${who} answers messages to their Facebook pages. It runs on their own server.</p>
<h2>When you write to a page</h2>
<p>Kept are: the number by which Facebook names you to this page, your name and picture as far as Facebook gives them, what you and the page wrote to each other with its files and reactions, when it was delivered and read, comments that you left under the page's posts, from where you came to the conversation, and what the team notes about it. If you asked for news, or asked for none, that is kept with its time.</p>
<p>It serves to answer you, and to send you what you asked for and what Facebook's rules allow. The people who work for the page see it. It is not sold, and given to nobody else; the messages themselves go through Facebook.</p>
<p>Write <b>STOP</b> to the page, and nothing automatic is sent to you any more.</p>
<h2>When you log in here with Facebook to connect pages</h2>
<p>Kept are your Facebook number for this app, the pages that you chose, and the keys to them, encrypted. Remove the app in your Facebook settings, and the keys are deleted.</p>
<h2>Deletion</h2>
<p>To have everything about you deleted, ${ask}. It is removed at once; copies of what Facebook delivered fall out after 30 days.${backups} If you had asked for no messages, the number alone stays on a list, so that nobody writes to you.</p>
<p>Otherwise conversations are kept until the page deletes them.</p>
<h2>Cookies</h2>
<p>Only those that keep the team signed in. Links in messages count that they were opened.</p>`,
  );
}

/** The answer to "was it deleted?", which Meta shows to the person who asked. */
export function deletionPage(deletion: { doneOn: string; pages: number } | null): Response {
  if (deletion === null)
    return page(
      "Deletion not found",
      "<p>No deletion has this code. Look whether the address is complete.</p>",
      404,
    );
  const pages =
    deletion.pages === 0
      ? "No page was connected with this login."
      : `${deletion.pages === 1 ? "The page" : `The ${deletion.pages} pages`} connected with this login can no longer be used here.`;
  return page(
    "Your data was deleted",
    `<p>Done on ${deletion.doneOn}: the Facebook login, its number and its keys. ${pages}</p>`,
  );
}
