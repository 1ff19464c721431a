import { currentTraceId } from "./trace.ts";

type Level = "debug" | "info" | "warn" | "error";

/** Facts of one log line. Never a token, a message text or a PSID in the clear. */
export type LogFields = Record<string, unknown>;

const order: Record<Level, number> = { debug: 10, info: 20, warn: 30, error: 40 };
let threshold: number = order.info;

let report: ((error: unknown) => void) | undefined;

/** Called for each logged error, for instance to send it to Sentry. */
export function setErrorReporter(reporter: (error: unknown) => void): void {
  report = reporter;
}

/** Lines below this level are not written. */
export function setLogLevel(level: Level): void {
  threshold = order[level];
}

// Names of secrets in query strings, headers and JSON; also as the end of longer names.
const secretNames = [
  "access_token",
  "appsecret_proof",
  "client_secret",
  "input_token",
  "fb_exchange_token",
  "password",
  "refresh",
  "authorization",
  "code",
];
const nameAndSign = /\b(\w+)["']?\s*[=:]\s*["']?(?:bearer\s+)?/gi;
const secretValue = /[^\s"'&,}]+/y;
const metaToken = /\bEAA[A-Za-z0-9]{8,}/g;
const databasePassword = /(\b(?:postgres(?:ql)?|rediss?):\/\/[^:@/\s]*:)[^@\s/]+@/g;

/** The text without secrets. */
export function redact(text: string): string {
  return redactNamed(redactParameters(text))
    .replace(metaToken, "[redacted]")
    .replace(databasePassword, "$1[redacted]@");
}

/** Drizzle's messages end with the parameters of the query: message texts, PSIDs and worse. */
function redactParameters(text: string): string {
  const [head = "", ...parts] = text.split("\nparams:");
  const rest = parts.map((part) => {
    const frames = part.indexOf("\n    at ");
    return `\nparams: [redacted]${frames < 0 ? "" : part.slice(frames)}`;
  });
  return head + rest.join("");
}

function redactNamed(text: string): string {
  let redacted = "";
  let from = 0;
  for (const { 0: found, 1: name = "", index } of text.matchAll(nameAndSign)) {
    const start = index + found.length;
    if (start < from || !secretNames.some((one) => name.toLowerCase().endsWith(one))) continue;
    secretValue.lastIndex = start;
    if (!secretValue.test(text)) continue;
    redacted += `${text.slice(from, start)}[redacted]`;
    from = secretValue.lastIndex;
  }
  return redacted + text.slice(from);
}

/** The loggable part of an error: names, messages, codes and frames, along the chain of causes. */
export function describeError(error: unknown): LogFields {
  if (!(error instanceof Error)) return { message: redact(String(error)) };
  const fields: LogFields = {
    name: error.name,
    message: redact(error.message),
    stack: redact(error.stack ?? ""),
  };
  if ("code" in error && (typeof error.code === "string" || typeof error.code === "number"))
    fields.code = error.code;
  if (error.cause !== undefined) fields.cause = describeError(error.cause);
  return fields;
}

function write(level: Level, message: string, fields: LogFields): void {
  if (order[level] < threshold) return;
  const { error, ...rest } = fields;
  if (level === "error" && error !== undefined) report?.(error);
  const line = JSON.stringify({
    time: new Date().toISOString(),
    level,
    message: redact(message),
    traceId: currentTraceId(),
    ...rest,
    ...(error === undefined ? {} : { error: describeError(error) }),
  });
  process.stderr.write(`${line}\n`);
}

/** JSON lines on stderr; stdout is for command output. */
export const log = {
  debug: (message: string, fields: LogFields = {}) => write("debug", message, fields),
  info: (message: string, fields: LogFields = {}) => write("info", message, fields),
  warn: (message: string, fields: LogFields = {}) => write("warn", message, fields),
  error: (message: string, fields: LogFields = {}) => write("error", message, fields),
};
