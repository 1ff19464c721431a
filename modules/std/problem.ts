/** One mistake in the input, by its place in it. */
export interface FieldError {
  path: string;
  message: string;
}

export interface ProblemOptions {
  cause?: unknown;
  errors?: FieldError[];
  /** What would help, when that is worth a field of its own. */
  remedy?: string;
  /** Seconds; becomes the Retry-After header. */
  retryAfterSeconds?: number;
}

/**
 * An error that its reader may see: RFC 9457 problem+json is made of it.
 * The message says what failed and what to do next; what only the log may know goes into `cause`.
 */
export class Problem extends Error {
  readonly slug: string;
  readonly status: number;
  readonly errors: FieldError[] | undefined;
  readonly remedy: string | undefined;
  readonly retryAfterSeconds: number | undefined;

  constructor(slug: string, status: number, message: string, options: ProblemOptions = {}) {
    super(message, { cause: options.cause });
    this.name = "Problem";
    this.slug = slug;
    this.status = status;
    this.errors = options.errors;
    this.remedy = options.remedy;
    this.retryAfterSeconds = options.retryAfterSeconds;
  }
}

/** The answer for what does not exist and for what the caller may not see: the same 404. */
export function notFound(what: string): Problem {
  return new Problem(
    "not-found",
    404,
    `Cannot find this ${what}: it does not exist or you have no access to it`,
  );
}
