import { createTransport } from "nodemailer";
import { htmlOf, textOf } from "./layout.ts";
import type { MailContent } from "./mail_content.ts";
import type { MailServer } from "./mail_server.ts";

/** A mail that its server refused for good: another attempt would not change it. */
export class MailRefused extends Error {}

const connectMs = 10_000;
const silenceMs = 20_000;
const wholeMs = 60_000;

/** A refused login or certificate may be mended by the operator: those are tried again. */
const finalCommands = new Set(["MAIL FROM", "RCPT TO", "DATA"]);

export interface OutgoingMail {
  id: string;
  to: string;
  content: MailContent;
}

/**
 * Hands one mail to the server, within a minute. Each attempt has the same Message-ID, so a receiver can recognize a
 * second copy. Throws MailRefused for a final answer, and any other error to try again.
 */
export async function sendMail(server: MailServer, { id, to, content }: OutgoingMail): Promise<void> {
  const { host, port, security, login, from, authority } = server;
  const transport = createTransport({
    host,
    port,
    secure: security === "tls",
    // A server that does not offer TLS gets neither the password nor the mail.
    requireTLS: security === "starttls",
    ignoreTLS: security === "none",
    ...(login && { auth: { user: login.user, pass: login.password } }),
    tls: { minVersion: "TLSv1.2", ...(authority !== null && { ca: authority }) },
    connectionTimeout: connectMs,
    greetingTimeout: connectMs,
    dnsTimeout: connectMs,
    socketTimeout: silenceMs,
    // Contents are ours: no file and no address is read for them.
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  const [, domain = "localhost"] = from.address.split("@");
  try {
    await transport.sendMail({
      messageId: `<${id}@${domain}>`,
      from,
      to: { name: "", address: to },
      subject: content.subject,
      text: textOf(content),
      html: htmlOf(content),
      headers: {
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "All",
        "Content-Language": content.language,
        ...(content.unsubscribe && {
          "List-Unsubscribe": `<${content.unsubscribe.postUrl}>`,
          "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        }),
      },
      signal: AbortSignal.timeout(wholeMs),
    });
  } catch (error) {
    throw failureOf(error, login?.password);
  } finally {
    transport.close();
  }
}

function failureOf(error: unknown, password: string | undefined): Error {
  const { message, responseCode, command } = readError(error);
  const words = (password ? message.replaceAll(password, "[redacted]") : message).slice(0, 300);
  const isFinal = responseCode >= 500 && finalCommands.has(command);
  return isFinal ? new MailRefused(words) : new Error(words);
}

function readError(error: unknown): { message: string; responseCode: number; command: string } {
  const isError = error instanceof Error;
  return {
    message: isError ? error.message : String(error),
    responseCode: isError && "responseCode" in error ? Number(error.responseCode) : 0,
    command: isError && "command" in error ? String(error.command) : "",
  };
}
