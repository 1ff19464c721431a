import type { Problem } from "#std";
import type { Action } from "../policy/mod.ts";
import { GraphError } from "./error.ts";
import { graphErrorRule, reasonOf } from "./errors.ts";
import { lackedTasks } from "./page_tasks.ts";
import { problem } from "./problems.ts";
import { EssentialFieldRefused, permissionsIn } from "./subscription.ts";

interface Known {
  /** Facebook's tasks of the person on the page, where a login told them. */
  tasks?: readonly string[] | null;
}

/** Turns a Graph error into a problem: the failed action, the reason and the remedy. Others pass through. */
export function metaProblem(error: unknown, action: Action, known: Known = {}): unknown {
  if (error instanceof EssentialFieldRefused) return fieldProblem(error, action);
  if (!(error instanceof GraphError)) return error;
  if (error.phase !== "answered" || error.class === "transient" || error.class === "maybe_sent")
    return problem("meta-unreachable", { action }, { cause: error, retryAfterSeconds: 5 });
  if (error.class === "throttled")
    return problem(
      "meta-throttled",
      { action },
      { cause: error, retryAfterSeconds: error.retryAfterSeconds ?? 60 },
    );
  if (error.code === null) return problem("meta-answer-unreadable", { action }, { cause: error });
  return rightProblem(error, action, known) ?? ruleProblem(error, error.code, action);
}

/** The problem of an error whose row in the table says enough. */
function ruleProblem(error: GraphError, code: number, action: Action): Problem {
  const reason = reasonOf(graphErrorRule(code, error.subcode));
  const isDead = error.class === "token_dead";
  return problem(isDead ? "meta-token-refused" : "meta-refused", { action, reason }, { cause: error });
}

/**
 * The problem of a call for which the app, the token or the person lacks a right. Code 200 without a subcode is all of
 * these; Meta's text names the permission, or none if the role on the page is insufficient.
 */
function rightProblem(error: GraphError, action: Action, { tasks }: Known): Problem | null {
  const cause = { cause: error };
  if (error.code === 3) return problem("app-capability-missing", { action }, cause);
  if ((error.code !== 200 && error.code !== 10) || error.subcode !== null) return null;
  const permissions = permissionsIn(error.message);
  if (permissions.length > 0) return permissionProblem(action, permissions, error);
  const lacked = lackedTasks(tasks ?? null);
  if (lacked.length > 0) return problem("page-tasks-missing", { action, tasks: lacked.join(", ") }, cause);
  return error.code === 10 ? null : problem("page-role-insufficient", { action }, cause);
}

function fieldProblem({ refused, cause }: EssentialFieldRefused, action: Action): Problem {
  const { field, permissions } = refused;
  if (permissions.length > 0) return permissionProblem(action, permissions, cause);
  return problem("meta-field-unknown", { action, field }, { cause });
}

function permissionProblem(action: Action, permissions: readonly string[], cause: unknown): Problem {
  return problem("page-scopes-missing", { action, permissions: permissions.join(", ") }, { cause });
}
