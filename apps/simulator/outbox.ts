import type { Socket, TCPSocketListener } from "bun";
import { type Mail, readMail } from "./mail_text.ts";

/** How the next mails fare: an SMTP code of 400 or more, or 0 to hang up after the message without an answer. */
export interface MailFault {
  code: number;
  count: number;
}

/** Receives every mail of the product, and delivers none. */
export interface Outbox {
  /** Newest first; at most 200. */
  mails: Mail[];
  faults: MailFault[];
  port: number;
  stop(): void;
}

const mostMails = 200;
const mostBytes = 5_000_000;

interface Session {
  /** The received part of a line that is not complete yet. */
  rest: string;
  from: string;
  to: string[];
  /** Lines of the message; null outside of DATA. */
  lines: string[] | null;
  bytes: number;
}

const fresh = (): Session => ({ rest: "", from: "", to: [], lines: null, bytes: 0 });
const addressIn = (line: string) => /<([^<>]*)>/.exec(line)?.[1] ?? "";

/** A mail server for this machine only, without TLS and without passwords. Throws when the port is taken. */
export function openOutbox(port: number, onMail: () => void): Outbox {
  const outbox: Outbox = { mails: [], faults: [], port: 0, stop: () => listener.stop(true) };

  function takeFault(): MailFault | undefined {
    const [fault] = outbox.faults;
    if (!fault) return undefined;
    fault.count -= 1;
    if (fault.count <= 0) outbox.faults.shift();
    return fault;
  }

  function endMessage(socket: Socket<Session>): void {
    const { lines, from, to } = socket.data;
    const fault = takeFault();
    if (fault && fault.code >= 400) say(socket, `${fault.code} The simulator refuses this mail`);
    else {
      outbox.mails.unshift(readMail((lines ?? []).join("\r\n"), { from, to }));
      outbox.mails.length = Math.min(outbox.mails.length, mostMails);
      onMail();
      if (fault) return void socket.terminate();
      say(socket, "250 OK: kept in the outbox");
    }
    socket.data = { ...fresh(), rest: socket.data.rest };
  }

  function hear(socket: Socket<Session>, line: string): void {
    const { data } = socket;
    if (data.lines) {
      if (line === ".") return endMessage(socket);
      data.lines.push(line.startsWith(".") ? line.slice(1) : line);
      return;
    }
    switch (line.slice(0, 4).toUpperCase()) {
      case "EHLO":
        return say(socket, "250-simulator", "250-8BITMIME", "250 SIZE 5000000");
      case "HELO":
      case "NOOP":
      case "RSET":
        return say(socket, "250 OK");
      case "MAIL":
        data.from = addressIn(line);
        return say(socket, "250 OK");
      case "RCPT":
        data.to.push(addressIn(line));
        return say(socket, "250 OK");
      case "DATA":
        data.lines = [];
        return say(socket, "354 Go on");
      case "QUIT":
        say(socket, "221 Bye");
        return void socket.end();
      default:
        return say(socket, "502 Unknown command");
    }
  }

  const listener: TCPSocketListener<Session> = Bun.listen<Session>({
    hostname: "127.0.0.1",
    port,
    socket: {
      open(socket) {
        socket.data = fresh();
        say(socket, "220 simulator ESMTP");
      },
      data(socket, bytes) {
        socket.data.bytes += bytes.length;
        if (socket.data.bytes > mostBytes) return void socket.terminate();
        const lines = (socket.data.rest + bytes.toString("latin1")).split("\r\n");
        socket.data.rest = lines.pop() ?? "";
        for (const line of lines) hear(socket, line);
      },
      error: (socket) => socket.terminate(),
    },
  });
  outbox.port = listener.port;
  return outbox;
}

function say(socket: Socket<Session>, ...lines: string[]): void {
  socket.write(lines.map((line) => `${line}\r\n`).join(""));
}
