import { redact, storable } from "#std";
import { type GraphErrorClass, type GraphErrorLevel, graphErrorRules } from "./error_rules.ts";
import { graphErrorLevel, graphErrorRule } from "./errors.ts";
import type { Fields } from "./fields.ts";

/** Whether the call reached Meta: it never left, its fate is unknown, or Meta answered. */
export type GraphPhase = "not-sent" | "unknown" | "answered";

export interface GraphErrorFacts {
  phase: GraphPhase;
  status: number | null;
  code: number | null;
  subcode: number | null;
  class: GraphErrorClass;
  /** Absent: only this call failed. */
  level?: GraphErrorLevel;
  message: string;
  /** How long Meta, or the table of errors, wants us to wait. */
  retryAfterSeconds?: number | null;
  cause?: unknown;
}

const longestMessage = 2_000;

/** A Graph API call that failed. The message contains no token, and like the codes it can always be stored. */
export class GraphError extends Error {
  readonly phase: GraphPhase;
  readonly status: number | null;
  readonly code: number | null;
  readonly subcode: number | null;
  readonly class: GraphErrorClass;
  readonly level: GraphErrorLevel;
  readonly retryAfterSeconds: number | null;

  constructor(facts: GraphErrorFacts) {
    super(storable(redact(facts.message), longestMessage), { cause: facts.cause });
    this.name = "GraphError";
    this.phase = facts.phase;
    this.status = facts.status;
    this.code = codeOf(facts.code);
    this.subcode = codeOf(facts.subcode);
    this.class = facts.class;
    this.level = facts.level ?? "message";
    this.retryAfterSeconds = facts.retryAfterSeconds ?? null;
  }
}

/** An integer that Postgres can store; null for anything else. */
const codeOf = (code: number | null) =>
  Number.isInteger(code) && Math.abs(code ?? 0) < 2 ** 31 ? code : null;

/** The `error` object of a Graph answer, wherever it came with; null when the body holds none. */
export function errorOfBody(body: unknown): { message: string; code: number; subcode: number | null } | null {
  if (typeof body !== "object" || body === null) return null;
  if ("error" in body && typeof body.error === "object" && body.error !== null) {
    const { error } = body;
    const code = "code" in error ? Number(error.code) : Number.NaN;
    const subcode = "error_subcode" in error ? Number(error.error_subcode) : Number.NaN;
    return {
      message: wordsOf(error),
      code: Number.isFinite(code) ? code : 0,
      subcode: Number.isFinite(subcode) ? subcode : null,
    };
  }
  // The code exchange of Facebook Login answers in a shape of its own.
  if ("error_message" in body) {
    const code = "code" in body ? Number(body.code) : Number.NaN;
    return { message: String(body.error_message), code: Number.isFinite(code) ? code : 0, subcode: null };
  }
  return null;
}

/** Its message and its text for people: for a refused template "Invalid parameter" is not enough. */
function wordsOf(error: object): string {
  const { message = "no message", error_user_title: title, error_user_msg: text }: Fields = { ...error };
  const said = String(message);
  const forReader = [title, text].filter(
    (one) => typeof one === "string" && one !== "" && !said.includes(one),
  );
  return forReader.length === 0 ? said : `${said}: ${forReader.join(". ")}`;
}

/** The error that Meta stated. */
export function answeredError(
  stated: { message: string; code: number; subcode: number | null },
  status: number,
  retryAfterSeconds: number | null,
): GraphError {
  const rule = graphErrorRule(status === 429 ? 429 : stated.code, stated.subcode, stated.message);
  // A failure of Meta's own that no page lists says nothing about the message, not even whether it went out.
  const isOdd = status >= 500 && !graphErrorRules.includes(rule);
  return new GraphError({
    ...stated,
    phase: "answered",
    status,
    class: isOdd ? "maybe_sent" : rule.class,
    level: isOdd ? "message" : graphErrorLevel(rule),
    retryAfterSeconds: retryAfterSeconds ?? rule.retryAfterSeconds ?? null,
  });
}

// Names under which Bun and Node say that no connection came about, so that nothing was sent.
const notConnected = new Set([
  "ConnectionRefused",
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "FailedToOpenSocket",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "DNSResolveFailed",
]);

/** A call that ended without an answer. */
export function networkError(error: unknown): GraphError {
  const code =
    error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "no code";
  const name = error instanceof Error ? error.name : "unknown";
  const isBeforeSend = notConnected.has(code);
  const what = name === "TimeoutError" ? "no answer in time" : `the connection broke (${code})`;
  return new GraphError({
    phase: isBeforeSend ? "not-sent" : "unknown",
    status: null,
    code: null,
    subcode: null,
    class: isBeforeSend ? "transient" : "maybe_sent",
    message: `Cannot tell what the Graph API did: ${isBeforeSend ? `it cannot be reached (${code})` : what}`,
  });
}

/** An answer that the Graph API does not document: an HTML page of a proxy, or a success without content. */
export function unreadableAnswer(status: number, what: string): GraphError {
  return new GraphError({
    phase: status >= 200 && status < 300 ? "unknown" : status >= 500 ? "unknown" : "answered",
    status,
    code: null,
    subcode: null,
    class: status === 429 ? "throttled" : status < 300 || status >= 500 ? "maybe_sent" : "invalid",
    message: `Cannot read the Graph API's answer with status ${status}: ${what}`,
  });
}
