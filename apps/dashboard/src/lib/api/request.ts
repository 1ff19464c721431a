import { m } from "#lib/paraglide/messages.js";
import { wordSentence } from "./server_words.ts";
const API = "/api/v1";

export interface ProblemBody {
  code?: string;
  title?: string;
  detail?: string;
  remedy?: string | null;
  params?: Record<string, string | number>;
  errors?: { path: string; message: string; code?: string; params?: Record<string, string | number> }[];
}

/** A refusal of the server with its reason, in words for people. */
export class ApiError extends Error {
  readonly status: number;
  readonly code: string;
  readonly params: Record<string, string | number>;
  readonly remedy: string | null;
  readonly errors: { path: string; message: string }[];
  readonly retryAfterSeconds: number | null;

  constructor(status: number, problem: ProblemBody, retryAfterSeconds: number | null = null) {
    const text = problem.detail ?? problem.title ?? m.api_no_detail();
    const errors = (problem.errors ?? []).map(({ path, message, code, params }) => ({
      path,
      message: wordSentence({ code, params, text: message }),
    }));
    super(wordSentence({ code: problem.code, params: withMistake(problem.params, errors), text }));
    this.name = "ApiError";
    this.status = status;
    this.code = problem.code ?? "unknown";
    this.params = problem.params ?? {};
    // The detail often ends with the remedy already; nobody wants to read it twice.
    this.remedy = problem.remedy && !text.includes(problem.remedy) ? problem.remedy : null;
    this.errors = errors;
    this.retryAfterSeconds = retryAfterSeconds;
  }

  /** The message for one form field (`email`, `/email` and `body.email` name the same field). */
  forField(name: string): string | null {
    const found = this.errors.find(({ path }) => isOf(path, name));
    return found ? found.message.charAt(0).toUpperCase() + found.message.slice(1) : null;
  }
}

/** A value called `mistake` is the first of the errors. */
function withMistake(
  params: ProblemBody["params"],
  [first]: readonly { message: string }[],
): ProblemBody["params"] {
  return params?.["mistake"] === undefined || !first ? params : { ...params, mistake: first.message };
}

/** Whether the path of a mistake names this form field. */
export function isOf(path: string, field: string): boolean {
  return path.split(/[./]/).at(-1) === field;
}

/** Whether the requested thing does not exist; a malformed id never exists. */
export function isGone(error: unknown): boolean {
  if (!(error instanceof ApiError)) return false;
  const isOfAddress = error.code === "invalid-request" && error.params["part"] === "params";
  return error.status === 404 || isOfAddress;
}

let whenSignedOut: () => void = () => {};
let refreshing: Promise<Response> | null = null;
let whenBarred: (code: string) => Promise<boolean> = () => Promise.resolve(false);

/** Called when the server no longer knows who this is and a refresh did not help. */
export function onSignedOut(callback: () => void): void {
  whenSignedOut = callback;
}

/**
 * Called with the code of a refusal that the person can lift: `confirmation-needed` or `second-factor-missing`. True when
 * the request shall be sent again.
 */
export function onBarred(callback: (code: string) => Promise<boolean>): void {
  whenBarred = callback;
}

async function isLifted(response: Response): Promise<boolean> {
  if (response.status !== 403) return false;
  const { code = "" } = readProblem(
    await response
      .clone()
      .json()
      .catch(() => null),
    403,
  );
  return await whenBarred(code);
}

/** `fetch` for the API: a 401 refreshes the access once, for all calls that wait, and tries again. */
export async function fetchSignedIn(
  input: string | URL | Request,
  init: RequestInit = {},
): Promise<Response> {
  const response = await send(input, init);
  if (await isLifted(response)) return await send(input, init);
  if (response.status !== 401 || isSigningIn(input)) return response;
  const refreshed = await refresh();
  // A server that restarts just now, or has enough, does not say that this person is signed out.
  if (!refreshed.ok && refreshed.status !== 401 && refreshed.status !== 403) return refreshed.clone();
  const again = refreshed.ok ? await send(input, init) : response;
  if (again.status === 401) whenSignedOut();
  return (await isLifted(again)) ? await send(input, init) : again;
}

function isSigningIn(input: string | URL | Request): boolean {
  const path = new URL(input instanceof Request ? input.url : input, location.origin).pathname;
  return path.startsWith(`${API}/auth/`) && path !== `${API}/auth/me`;
}

function refresh(): Promise<Response> {
  refreshing ??= send(`${API}/auth/refresh`, { method: "POST" }).finally(() => {
    refreshing = null;
  });
  return refreshing;
}

async function send(input: string | URL | Request, init: RequestInit): Promise<Response> {
  try {
    return await fetch(input, { credentials: "same-origin", ...init });
  } catch (cause) {
    if (init.signal?.aborted) throw cause;
    const problem: ProblemBody = {
      code: "offline",
      detail: m.api_no_answer(),
    };
    return Response.json(problem, { status: 503 });
  }
}

/** Reads RFC 9457 problem details from any error answer. */
export function readProblem(value: unknown, status: number): ProblemBody {
  const found: ProblemBody = typeof value === "object" && value !== null ? value : {};
  if (found.detail === undefined && status >= 500) {
    return { ...found, detail: m.api_server_failed() };
  }
  return found;
}

/** Words for any error, for a toast or an error state. */
export function describeError(error: unknown): string {
  if (error instanceof Error && error.message !== "") return error.message;
  return m.api_browser_failed();
}
