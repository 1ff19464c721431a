import type { Sql } from "postgres";
import { activityRows, relations, rolesWith } from "#auth";
import type { AssignmentRules } from "./schema_assignment_rules.ts";
import { problem, say } from "./problems.ts";
import { fieldError } from "#std";

const off: AssignmentRules = { how: "off", userIds: [], mostOpen: null };

/** Members who can reply. */
export const workers = rolesWith("conversations:reply");

/** The assignment rules; off by default. */
export async function readAssignmentRules(sql: Sql, workspaceId: string): Promise<AssignmentRules> {
  const [rules] = await sql<AssignmentRules[]>`
    select how, user_ids as "userIds", most_open as "mostOpen" from messaging.assignment_rules
    where workspace_id = ${workspaceId}`;
  return rules ?? off;
}

/**
 * Sets assignment rules. Earlier messages are not assigned. Throws 422 `assignment-rules-invalid` without members, or
 * with one who cannot reply in this workspace.
 */
export async function writeAssignmentRules(
  sql: Sql,
  workspaceId: string,
  { how, userIds, mostOpen }: AssignmentRules,
): Promise<AssignmentRules> {
  const known = await sql<{ id: string }[]>`
    select m.user_id as id from ${sql.unsafe(relations.activeMembers)} m
    where m.workspace_id = ${workspaceId} and m.user_id = any(${userIds}::uuid[]) and m.role = any(${workers}::text[])`;
  const ids = new Set(known.map(({ id }) => id));
  const errors = userIds.flatMap((id, at) =>
    ids.has(id) ? [] : [fieldError(`/userIds/${at}`, say("assignee-cannot-reply"))],
  );
  if (how !== "off" && userIds.length === 0) errors.push(fieldError("/userIds", say("assignees-missing")));
  const [first] = errors;
  if (first) throw problem("assignment-rules-invalid", { mistake: first.message }, { errors });
  const valuesOf = (row: "old" | "new") => sql`
    jsonb_build_object('how', ${sql(row)}.how, 'userIds', ${sql(row)}.user_ids, 'mostOpen', ${sql(row)}.most_open)`;
  await sql`
    with changed as (
      insert into messaging.assignment_rules as r (workspace_id, how, user_ids, most_open)
      values (${workspaceId}, ${how}, ${userIds}::uuid[], ${mostOpen}::int2)
      on conflict (workspace_id) do update set how = excluded.how, user_ids = excluded.user_ids,
        most_open = excluded.most_open, since = case when r.how = 'off' then now() else r.since end
      returning ${valuesOf("old")} as before, ${valuesOf("new")} as after)
    ${activityRows(
      sql,
      { action: "assignment-rules.changed", workspaceId },
      { from: sql`changed`, id: sql`null`, before: sql`before`, after: sql`after` },
    )}`;
  return await readAssignmentRules(sql, workspaceId);
}
