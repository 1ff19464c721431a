import {
  addTemplate,
  defineTerms,
  type Params,
  type ParamsOf,
  type Sentence,
  type Values,
  wordTemplate,
} from "./sentences.ts";

/** One mistake in the input, by its place in it. */
export interface FieldError {
  path: string;
  message: string;
  /** By which a form words it in its reader's language. */
  code?: string;
  params?: Params;
}

export interface ProblemOptions {
  cause?: unknown;
  errors?: FieldError[];
  /** Seconds; becomes the Retry-After header. */
  retryAfterSeconds?: number;
  /** The values in its sentence. */
  params?: Params;
  remedy?: string | undefined;
}

/**
 * An error that its reader may see: RFC 9457 problem+json is made of it. Tables made by `defineProblems` have its words;
 * what only the log may know goes into `cause`.
 */
export class Problem extends Error {
  readonly code: string;
  readonly status: number;
  readonly params: Params;
  readonly errors: FieldError[] | undefined;
  readonly remedy: string | undefined;
  readonly retryAfterSeconds: number | undefined;

  /** Only `defineProblems` calls it. */
  constructor(code: string, status: number, detail: string, options: ProblemOptions = {}) {
    super(detail, { cause: options.cause });
    this.name = "Problem";
    this.code = code;
    this.status = status;
    this.params = options.params ?? {};
    this.errors = options.errors;
    this.remedy = options.remedy;
    this.retryAfterSeconds = options.retryAfterSeconds;
  }
}

/** A problem's status, what failed and its state, and what the reader can do. */
type Row = readonly [status: number, detail: string, remedy?: string];

type TemplateOf<R extends Row> = R extends readonly [
  number,
  infer Detail extends string,
  infer Remedy extends string,
]
  ? `${Detail}. ${Remedy}`
  : R[1];

/**
 * Names the problems of a room by code, and gives the function that makes one:
 *
 *     const problem = defineProblems({
 *       "campaign-not-draft": [409, 'Cannot launch campaign "{name}": it is {status}', "Duplicate it to send again"],
 *     });
 *     throw problem("campaign-not-draft", { name, status });
 *
 * A code has one sentence in the whole process, and keeps it.
 */
export function defineProblems<const Table extends Record<string, Row>>(table: Table) {
  for (const [code, [, detail, remedy]] of Object.entries(table))
    addTemplate(code, remedy === undefined ? detail : `${detail}. ${remedy}`);

  function problem<Code extends keyof Table & string>(
    code: Code,
    ...values: Values<TemplateOf<Table[Code]>>
  ): Problem;
  function problem<Code extends keyof Table & string>(
    code: Code,
    params: ParamsOf<TemplateOf<Table[Code]>>,
    options: ProblemOptions,
  ): Problem;
  function problem(code: string, params: Params = {}, options: ProblemOptions = {}): Problem {
    const row: Row | undefined = table[code];
    if (row === undefined) throw new Error(`Cannot make the problem "${code}": no table has it`);
    const [status, failed, next] = row;
    const remedy = next === undefined ? undefined : wordTemplate(next, params);
    const words = wordTemplate(failed, params);
    const detail = remedy === undefined ? words : `${words}. ${remedy}`;
    return new Problem(code, status, detail, { ...options, params, remedy });
  }

  return problem;
}

/** A mistake at a place, in the words of a sentence. */
export function fieldError(path: string, { text, code, params }: Sentence): FieldError {
  return { path, message: text, code, params };
}

const problem = defineProblems({
  "not-found": [404, "Cannot find this {what@thing}: it does not exist or you have no access to it"],
  "timezone-unknown": [
    422,
    'Cannot use the time zone "{zone}": it is unknown',
    'Choose an IANA time zone such as "Europe/Berlin"',
  ],
});

/**
 * The answer for what does not exist and for what the caller may not see: the same 404. `what` is one of the words that
 * a module gave to `defineThings`.
 */
export function notFound(what: string): Problem {
  return problem("not-found", { what });
}

/** The answer for a time zone that is not in the IANA database. */
export function unknownZone(zone: string): Problem {
  return problem("timezone-unknown", { zone });
}

/** Names what a module may not find; the name is what people read in English. */
export function defineThings(names: readonly string[]): void {
  defineTerms("thing", Object.fromEntries(names.map((name) => [name, name.replaceAll("-", " ")])));
}
