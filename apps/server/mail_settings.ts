import type { MailServer } from "#mail";
import type { EnvReader } from "./env_reader.ts";

/** `MessageSender <mail@example.com>`, or the address alone. */
const senderPattern = /^(?:([^<>\r\n]{1,80})<([^\s<>@]+@[^\s<>@]+)>|([^\s<>@]+@[^\s<>@]+))$/;

function senderOf(given: string): MailServer["from"] | null {
  const [, name = "MessageSender", inBrackets, alone] = senderPattern.exec(given) ?? [];
  const address = inBrackets ?? alone;
  return address === undefined ? null : { name: name.trim().replaceAll('"', ""), address };
}

/** The mail server of the settings; outside production the simulator's outbox. Null: no mail is set up. */
export function readMailServer(
  { problems, text, choice, wholeNumber }: EnvReader,
  { isProduction, simulates }: { isProduction: boolean; simulates: boolean },
): MailServer | null {
  const host = text("SMTP_HOST") ?? null;
  if (host === null) {
    if (!simulates) return null;
    const port = wholeNumber("SIMULATOR_MAIL_PORT", 4002);
    const from = { name: "MessageSender", address: "messagesender@localhost" };
    return { host: "127.0.0.1", port, security: "none", login: null, from, authority: null };
  }
  const security = choice("SMTP_SECURITY", ["starttls", "tls", "none"] as const, "starttls");
  if (security === "none" && isProduction)
    problems.push(
      "SMTP_SECURITY is none: production sends mail and its password by TLS only. Use starttls or tls",
    );
  const user = text("SMTP_USER");
  const password = text("SMTP_PASSWORD");
  if ((user === undefined) !== (password === undefined))
    problems.push("SMTP_USER and SMTP_PASSWORD belong together: set both, or neither");
  const from = senderOf(text("MAIL_FROM") ?? "");
  if (from === null)
    problems.push('MAIL_FROM is missing or no address: write it like "Luna Coffee <team@example.com>"');
  return {
    host,
    port: wholeNumber("SMTP_PORT", security === "tls" ? 465 : 587),
    security,
    login: user !== undefined && password !== undefined ? { user, password } : null,
    from: from ?? { name: "", address: "" },
    authority: text("SMTP_CA") ?? null,
  };
}
