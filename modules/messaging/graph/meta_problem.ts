import { Problem } from "#std";
import { GraphError } from "./error.ts";
import { graphErrorRule } from "./errors.ts";
import { lackedTasks } from "./page_tasks.ts";
import { EssentialFieldRefused, permissionsIn } from "./subscription.ts";

interface Known {
  /** Facebook's tasks of the person on the page, where a login told them. */
  tasks?: readonly string[] | null;
}

/** What the caller learns of a Graph error: `what` failed, why, and what to do. Anything else passes through. */
export function metaProblem(error: unknown, what: string, known: Known = {}): unknown {
  if (error instanceof EssentialFieldRefused) return fieldProblem(error, what);
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
  return rightProblem(error, what, known) ?? ruleProblem(error, error.code, what);
}

/** The problem of an error whose row in the table says enough. */
function ruleProblem(error: GraphError, code: number, what: string): Problem {
  const { title, remedy } = graphErrorRule(code, error.subcode);
  const slug = error.class === "token_dead" ? "page-token-invalid" : "meta-refused";
  return new Problem(slug, 422, `Cannot ${what}: ${title}. ${remedy}`, { cause: error, remedy });
}

/**
 * The problem of a call for which the app, the token or the person lacks a right. Code 200 without a subcode is all of
 * these; Meta's text names the permission, or none when the role on the page is what is missing.
 */
function rightProblem(error: GraphError, what: string, { tasks }: Known): Problem | null {
  if (error.code === 3) {
    const remedy = "In the App Dashboard, add the Messenger use case to the app, then try again";
    const why = "the Meta app lacks the capability for this call";
    return new Problem("app-capability-missing", 422, `Cannot ${what}: ${why}. ${remedy}`, {
      cause: error,
      remedy,
    });
  }
  if ((error.code !== 200 && error.code !== 10) || error.subcode !== null) return null;
  const permissions = permissionsIn(error.message);
  if (permissions.length > 0) return permissionProblem(what, permissions, error);
  const lacked = lackedTasks(tasks ?? null);
  if (error.code === 10 && lacked.length === 0) return null;
  const remedy = "Ask an admin of the page for full control, then connect it again";
  const role = lacked.length === 0 ? "" : ` (${lacked.join(", ")})`;
  return new Problem(
    "page-role-insufficient",
    422,
    `Cannot ${what}: your role on the page does not allow it${role}. ${remedy}`,
    { cause: error, remedy },
  );
}

function fieldProblem({ refused, cause }: EssentialFieldRefused, what: string): Problem {
  const { field, permissions } = refused;
  if (permissions.length > 0) return permissionProblem(what, permissions, cause);
  const remedy = "Set GRAPH_API_VERSION to a version that has this field";
  return new Problem(
    "meta-refused",
    422,
    `Cannot ${what}: Meta does not know the field "${field}". ${remedy}`,
    {
      cause,
      remedy,
    },
  );
}

function permissionProblem(what: string, permissions: readonly string[], cause: unknown): Problem {
  const names = permissions.join(" or ");
  const remedy = "Add it to the Meta app, then connect the page again and allow it";
  return new Problem(
    "page-scopes-missing",
    422,
    `Cannot ${what}: the permission ${names} is missing. ${remedy}`,
    { cause, remedy },
  );
}
