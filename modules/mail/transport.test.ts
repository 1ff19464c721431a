import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Socket } from "bun";
import { afterEach, expect, test } from "vitest";
import type { MailServer } from "./mail_server.ts";
import { MailRefused, sendMail } from "./transport.ts";

const content = { language: "en" as const, subject: "Hello", paragraphs: ["Hello"], footer: "Bye" };
const mail = { id: "019abf6e-4d2f-7c11-9d0e-5b6f4f1f2a10", to: "ada@example.com", content };

const stops: (() => void)[] = [];
afterEach(() => stops.splice(0).forEach((stop) => stop()));

/** A certificate that no system trusts. */
function certificate(): { key: string; cert: string } {
  const folder = mkdtempSync(join(tmpdir(), "ms-mail-"));
  const [key, cert] = [join(folder, "key.pem"), join(folder, "cert.pem")];
  const name = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"];
  const { status, stderr } = spawnSync(
    "openssl",
    ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-keyout", key, "-out", cert, ...name],
    { encoding: "utf8" },
  );
  if (status !== 0) throw new Error(`Cannot make a certificate: ${stderr}`);
  return { key: readFileSync(key, "utf8"), cert: readFileSync(cert, "utf8") };
}

interface Asked {
  tls?: { key: string; cert: string };
  reply?: (line: string) => string | null | undefined;
}

/** A mail server that answers 250 to all, and what it heard. */
function listen({ tls, reply }: Asked = {}): { port: number; heard: string[] } {
  const heard: string[] = [];
  let inData = false;
  const say = (socket: Socket, line: string) => void socket.write(`${line}\r\n`);
  const listener = Bun.listen({
    hostname: "127.0.0.1",
    port: 0,
    ...(tls && { tls }),
    socket: {
      open: (socket) => (reply?.("") === null ? undefined : say(socket, "220 mail.example.com")),
      data(socket, bytes) {
        for (const line of bytes.toString().split("\r\n").filter(Boolean)) {
          heard.push(line);
          if (inData && line !== ".") continue;
          inData = line === "DATA";
          const own = reply?.(line);
          if (own !== undefined) {
            if (own !== null) say(socket, own);
          } else if (line.startsWith("EHLO")) say(socket, "250-mail.example.com\r\n250 AUTH PLAIN LOGIN");
          else if (line.startsWith("AUTH")) say(socket, "235 OK");
          else say(socket, inData ? "354 Go on" : "250 OK");
        }
      },
    },
  });
  stops.push(() => listener.stop(true));
  return { port: listener.port, heard };
}

const serverOf = (port: number, more: Partial<MailServer> = {}): MailServer => ({
  host: "127.0.0.1",
  port,
  security: "starttls",
  login: { user: "luna", password: "pass-word-of-mail" },
  from: { name: "Luna Coffee", address: "team@luna.example" },
  authority: null,
  ...more,
});

const passwordHeard = (heard: readonly string[]) => heard.filter((line) => line.startsWith("AUTH"));

test("sendMail() gives a server without STARTTLS neither the password nor the mail", async () => {
  const { port, heard } = listen();

  await expect(sendMail(serverOf(port), mail)).rejects.toThrow();

  expect(heard).not.toEqual([]);
  expect(passwordHeard(heard)).toEqual([]);
  expect(heard.join()).not.toContain("MAIL FROM");
});

test("sendMail() refuses a certificate that it does not trust, and sends through one that it does", async () => {
  const tls = certificate();
  const { port, heard } = listen({ tls });

  await expect(sendMail(serverOf(port, { security: "tls" }), mail)).rejects.toThrow(/certificate|signed/i);
  expect(passwordHeard(heard)).toEqual([]);

  await sendMail(serverOf(port, { security: "tls", authority: tls.cert }), mail);
  expect(passwordHeard(heard)).toHaveLength(1);
  expect(heard).toContain("Subject: Hello");
});

test("sendMail() tells no password when a server repeats it, and tries a refused login again", async () => {
  const tls = certificate();
  const reply = (line: string) =>
    line.startsWith("AUTH") ? "535 Wrong password: pass-word-of-mail" : undefined;
  const { port } = listen({ tls, reply });

  const failure = await sendMail(serverOf(port, { security: "tls", authority: tls.cert }), mail).catch(
    (error: unknown) => error,
  );

  expect(String(failure)).toContain("535");
  expect(String(failure)).not.toContain("pass-word-of-mail");
  expect(failure).not.toBeInstanceOf(MailRefused);
});

test("sendMail() gives a silent server up within its time limit", { timeout: 40_000 }, async () => {
  const { port } = listen({ reply: () => null });
  const begin = performance.now();

  await expect(sendMail(serverOf(port, { security: "none", login: null }), mail)).rejects.toThrow();

  expect(performance.now() - begin).toBeLessThan(30_000);
});
