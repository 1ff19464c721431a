import type { Fragment, Sql, TransactionSql } from "postgres";
import { relations } from "#auth";
import { Problem } from "#std";
import { refusalTexts } from "../policy/mod.ts";

/** Whether a workspace is switched on; `workspaceId` is a column. While it is off, nothing begins and nothing goes on. */
export function isWorkspaceOn(sql: Sql | TransactionSql, workspaceId: Fragment): Fragment {
  return sql`${workspaceId} not in ${sql.unsafe(relations.workspacesOff)}`;
}

/** Throws 409 workspace-disabled; `what` follows "Cannot". */
export async function requireWorkspaceOn(
  sql: Sql | TransactionSql,
  workspaceId: string,
  what: string,
): Promise<void> {
  const [disabled] = await sql`
    select 1 as found where ${workspaceId}::uuid in ${sql.unsafe(relations.workspacesOff)}`;
  if (!disabled) return;
  const { title, remedy } = refusalTexts["workspace-disabled"];
  throw new Problem("workspace-disabled", 409, `Cannot ${what}: ${title}. ${remedy}`, { remedy });
}
