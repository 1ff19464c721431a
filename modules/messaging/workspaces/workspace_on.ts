import type { Fragment, Sql, TransactionSql } from "postgres";
import { Problem } from "#std";
import { refusalTexts } from "../policy/mod.ts";

/** Whether a workspace is switched on; `workspaceId` is a column. While it is off, nothing begins and nothing goes on. */
export function isWorkspaceOn(sql: Sql | TransactionSql, workspaceId: Fragment): Fragment {
  return sql`not exists (select from auth.workspaces w where w.id = ${workspaceId} and w.disabled_at is not null)`;
}

/** Throws 409 workspace-disabled; `what` follows "Cannot". */
export async function requireWorkspaceOn(
  sql: Sql | TransactionSql,
  workspaceId: string,
  what: string,
): Promise<void> {
  const [disabled] = await sql`
    select 1 as found from auth.workspaces where id = ${workspaceId} and disabled_at is not null`;
  if (!disabled) return;
  const { title, remedy } = refusalTexts["workspace-disabled"];
  throw new Problem("workspace-disabled", 409, `Cannot ${what}: ${title}. ${remedy}`, { remedy });
}
