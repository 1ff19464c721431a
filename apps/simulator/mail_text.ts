/** A mail as its reader sees it. */
export interface Mail {
  id: string;
  /** Recipients of the envelope. */
  to: string[];
  from: string;
  subject: string;
  messageId: string;
  headers: Record<string, string>;
  text: string;
  html: string;
  at: number;
}

interface Part {
  headers: Record<string, string>;
  body: string;
}

function splitPart(source: string): Part {
  const end = source.indexOf("\r\n\r\n");
  const head = end < 0 ? source : source.slice(0, end);
  const headers: Record<string, string> = {};
  // A line that begins with a blank continues the one before.
  for (const line of head.replaceAll(/\r\n[ \t]+/g, " ").split("\r\n")) {
    const colon = line.indexOf(":");
    if (colon > 0) headers[line.slice(0, colon).toLowerCase()] = line.slice(colon + 1).trim();
  }
  return { headers, body: end < 0 ? "" : source.slice(end + 4) };
}

function unquote(text: string): Buffer {
  const joined = text.replaceAll("=\r\n", "");
  const bytes: number[] = [];
  for (let place = 0; place < joined.length; place += 1) {
    const code = joined[place] === "=" ? Number.parseInt(joined.slice(place + 1, place + 3), 16) : Number.NaN;
    if (Number.isNaN(code)) bytes.push(joined.charCodeAt(place));
    else {
      bytes.push(code);
      place += 2;
    }
  }
  return Buffer.from(bytes);
}

function decodeBody({ headers, body }: Part): string {
  switch (headers["content-transfer-encoding"]?.toLowerCase()) {
    case "base64":
      return Buffer.from(body, "base64").toString("utf8");
    case "quoted-printable":
      return unquote(body).toString("utf8");
    default:
      return Buffer.from(body, "latin1").toString("utf8");
  }
}

/** Words of a header that RFC 2047 encoded. */
function decodeHeader(text: string): string {
  return text
    .replaceAll(/\?=\s+=\?/g, "?==?")
    .replaceAll(/=\?utf-8\?([bq])\?([^?]*)\?=/gi, (_, way: string, words: string) =>
      way.toLowerCase() === "b"
        ? Buffer.from(words, "base64").toString("utf8")
        : unquote(words.replaceAll("_", " ")).toString("utf8"),
    );
}

function bodiesOf(part: Part): Record<string, string> {
  const type = part.headers["content-type"] ?? "text/plain";
  const boundary = /boundary="?([^";]+)"?/.exec(type)?.[1];
  if (boundary === undefined) return { [type.split(";")[0]?.trim() ?? ""]: decodeBody(part) };
  const parts = part.body.split(`--${boundary}`).slice(1, -1);
  return Object.assign({}, ...parts.map((source) => bodiesOf(splitPart(source.replace(/^\r\n/, "")))));
}

/** Reads a message of SMTP, given as latin1 so that each character is one byte. */
export function readMail(source: string, envelope: Pick<Mail, "from" | "to">): Mail {
  const part = splitPart(source);
  const bodies = bodiesOf(part);
  return {
    ...envelope,
    id: crypto.randomUUID(),
    subject: decodeHeader(part.headers.subject ?? ""),
    messageId: part.headers["message-id"] ?? "",
    headers: part.headers,
    text: (bodies["text/plain"] ?? "").replaceAll("\r\n", "\n"),
    html: bodies["text/html"] ?? "",
    at: Date.now(),
  };
}
