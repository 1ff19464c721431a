import type { Fragment, Sql, TransactionSql } from "postgres";
import { relations } from "#auth";
import { refusalProblem } from "../delivery/mod.ts";
import type { Action } from "../policy/mod.ts";

/** Whether a workspace is switched on; `workspaceId` is a column. While it is off, nothing begins and nothing goes on. */
export function isWorkspaceOn(sql: Sql | TransactionSql, workspaceId: Fragment): Fragment {
  return sql`${workspaceId} not in ${sql.unsafe(relations.workspacesOff)}`;
}

/** Throws 409 workspace-disabled. */
export async function requireWorkspaceOn(
  sql: Sql | TransactionSql,
  workspaceId: string,
  action: Action,
): Promise<void> {
  const [disabled] = await sql`
    select 1 as found where ${workspaceId}::uuid in ${sql.unsafe(relations.workspacesOff)}`;
  if (!disabled) return;
  throw refusalProblem("workspace-disabled", action);
}
