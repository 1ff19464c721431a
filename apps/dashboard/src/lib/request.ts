const API = "/api/v1";

interface ProblemBody {
  code?: string;
  title?: string;
  detail?: string;
  remedy?: string | null;
  traceId?: string;
  errors?: { path: string; message: string }[];
}

/** What the server refused and why, in words that can be shown to a person. */
export class ApiError extends Error {
  readonly status: number;
  readonly code: string;
  readonly remedy: string | null;
  readonly traceId: string | null;
  readonly errors: { path: string; message: string }[];
  readonly retryAfterSeconds: number | null;

  constructor(status: number, problem: ProblemBody, retryAfterSeconds: number | null = null) {
    super(problem.detail ?? problem.title ?? "The server did not say what went wrong. Try again");
    this.name = "ApiError";
    this.status = status;
    this.code = problem.code ?? "unknown";
    this.remedy = problem.remedy ?? null;
    this.traceId = problem.traceId ?? null;
    this.errors = problem.errors ?? [];
    this.retryAfterSeconds = retryAfterSeconds;
  }

  /** The message for one form field (`email`, `/email` and `body.email` name the same field). */
  forField(name: string): string | null {
    const found = this.errors.find((error) => error.path.split(/[./]/).at(-1) === name);
    return found?.message ?? null;
  }
}

export interface RequestOptions {
  body?: unknown;
  query?: object;
  idempotencyKey?: string;
  signal?: AbortSignal | undefined;
}

let whenSignedOut: () => void = () => {};
let refreshing: Promise<boolean> | null = null;

/** Called when the server no longer knows who this is and a refresh did not help. */
export function onSignedOut(callback: () => void): void {
  whenSignedOut = callback;
}

/** Calls the API; a 401 refreshes the access once, for all calls that wait, and tries again. */
export async function request<T>(method: string, path: string, options: RequestOptions = {}): Promise<T> {
  let response = await send(method, path, options);
  if (response.status === 401 && !path.startsWith("/auth/")) {
    response = await retryAfterRefresh(method, path, options, response);
  }
  if (!response.ok) throw await readProblem(response);
  return await response.json();
}

/** Who is signed in; refreshes when the access has run out. */
export async function requestSignedIn<T>(path: string): Promise<T> {
  let response = await send("GET", path, {});
  if (response.status === 401 && (await refresh())) response = await send("GET", path, {});
  if (!response.ok) throw await readProblem(response);
  return await response.json();
}

async function retryAfterRefresh(
  method: string,
  path: string,
  options: RequestOptions,
  refused: Response,
): Promise<Response> {
  const again = (await refresh()) ? await send(method, path, options) : refused;
  if (again.status === 401) whenSignedOut();
  return again;
}

function refresh(): Promise<boolean> {
  refreshing ??= send("POST", "/auth/refresh", {})
    .then((response) => response.ok)
    .catch(() => false)
    .finally(() => {
      refreshing = null;
    });
  return refreshing;
}

async function send(method: string, path: string, options: RequestOptions): Promise<Response> {
  const headers = new Headers({ accept: "application/json" });
  if (options.body !== undefined) headers.set("content-type", "application/json");
  if (options.idempotencyKey) headers.set("idempotency-key", options.idempotencyKey);
  const init: RequestInit = { method, headers, credentials: "same-origin" };
  if (options.body !== undefined) init.body = JSON.stringify(options.body);
  if (options.signal) init.signal = options.signal;
  try {
    return await fetch(API + path + queryString(options.query), init);
  } catch (cause) {
    if (options.signal?.aborted) throw cause;
    throw new ApiError(0, {
      code: "offline",
      detail: "The server did not answer. Check the connection and try again",
    });
  }
}

function queryString(query: object | undefined): string {
  const params = new URLSearchParams();
  for (const [key, value] of Object.entries(query ?? {})) {
    if (value !== undefined && value !== null && value !== "") params.set(key, String(value));
  }
  const text = params.toString();
  return text === "" ? "" : `?${text}`;
}

async function readProblem(response: Response): Promise<ApiError> {
  const retryAfter = Number(response.headers.get("retry-after"));
  const seconds = Number.isFinite(retryAfter) && retryAfter > 0 ? retryAfter : null;
  const problem: ProblemBody = await response.json().catch(() => ({}));
  if (problem.detail === undefined && response.status >= 500) {
    problem.detail = "The server failed at this. Try again; if it stays, its log has the cause";
  }
  return new ApiError(response.status, problem, seconds);
}

/** Words for whatever was thrown, for a toast or an error state. */
export function describeError(error: unknown): string {
  if (error instanceof Error && error.message !== "") return error.message;
  return "Something failed in this browser. Reload the page and try again";
}
