import { Problem } from "#std";
import { GraphError } from "../graph_error.ts";
import { graphErrorRule } from "../graph_errors.ts";

/** What the caller learns of a Graph error: `what` failed, why, and what to do. Anything else passes through. */
export function metaProblem(error: unknown, what: string): unknown {
  if (!(error instanceof GraphError)) return error;
  if (error.phase !== "answered" || error.class === "transient" || error.class === "maybe_sent") {
    return new Problem(
      "meta-unreachable",
      503,
      `Cannot ${what}: Meta does not answer. Try again in a moment`,
      {
        cause: error,
        retryAfterSeconds: 5,
      },
    );
  }
  if (error.class === "throttled") {
    return new Problem(
      "meta-throttled",
      503,
      `Cannot ${what}: Meta's rate limit is reached. Try again later`,
      {
        cause: error,
        retryAfterSeconds: error.retryAfterSeconds ?? 60,
      },
    );
  }
  if (error.code === null)
    return new Problem("meta-refused", 502, `Cannot ${what}: Meta's answer makes no sense`, { cause: error });
  const { title, remedy } = graphErrorRule(error.code, error.subcode);
  const slug = error.class === "token_dead" ? "page-token-invalid" : "meta-refused";
  return new Problem(slug, 422, `Cannot ${what}: ${title}. ${remedy}`, { cause: error, remedy });
}
