import type postgres from "postgres";
import { relations } from "#auth";
import { type FieldError, fieldError } from "#std";
import { checkConditions, type Condition, type Conditions, isGroup } from "./conditions.ts";
import { problem, say } from "./problems.ts";

type Kind = "page" | "tag" | "field" | "campaign" | "member";

/** Something of the workspace that a condition names, and where. */
interface Named {
  kind: Kind;
  id: string;
  path: string;
  /** Of a field: the type that its condition compares. */
  type: string | null;
}

/**
 * Reads a tree of conditions from a request. Stored trees need no check: their tags and fields cannot be deleted.
 * Throws 422 `conditions-invalid` with each mistake by its place, also for a page, tag, field, campaign or member
 * that this workspace does not have: otherwise "none of them" would mean everybody.
 */
export async function readGivenConditions(
  sql: postgres.Sql,
  workspaceId: string,
  value: unknown,
): Promise<Conditions> {
  const tree = checkConditions(value);
  const named = namedIn(tree, "");
  if (named.length === 0) return tree;
  const of = (kind: Kind) => named.flatMap((one) => (one.kind === kind ? [one.id] : []));
  const rows = await sql<{ id: string; type: string | null }[]>`
    select id, null as type from messaging.pages where workspace_id = ${workspaceId} and id = any(${of("page")}::uuid[])
    union all
    select id, null from messaging.tags where workspace_id = ${workspaceId} and id = any(${of("tag")}::uuid[])
    union all
    select id, type from messaging.custom_fields where workspace_id = ${workspaceId} and id = any(${of("field")}::uuid[])
    union all
    select id, null from messaging.campaigns where workspace_id = ${workspaceId} and id = any(${of("campaign")}::uuid[])
    union all
    select user_id, null from ${sql.unsafe(relations.members)} m where workspace_id = ${workspaceId} and user_id = any(${of("member")}::uuid[])`;
  const found = new Map(rows.map(({ id, type }) => [id, type]));
  const errors = named.flatMap((one) => mistakeOf(one, found) ?? []);
  const [first] = errors;
  if (!first) return tree;
  throw problem("conditions-invalid", { mistake: first.message }, { errors: errors.slice(0, 20) });
}

function mistakeOf(
  { kind, id, path, type }: Named,
  found: ReadonlyMap<string, string | null>,
): FieldError | null {
  const is = found.get(id);
  if (is === undefined) return fieldError(path, say("condition-names-missing", { kind }));
  if (type === is) return null;
  return fieldError(path, say("condition-field-type", { type: is ?? "" }));
}

function namedIn({ conditions }: Conditions, path: string): Named[] {
  return conditions.flatMap((one, at) => {
    const place = `${path}/conditions/${at}`;
    return isGroup(one) ? namedIn(one, place) : namedBy(one, place);
  });
}

function namedBy(one: Condition, path: string): Named[] {
  const all = (kind: Kind, ids: readonly string[], property: string) =>
    ids.map((id, at) => ({ kind, id, path: `${path}/${property}/${at}`, type: null }));
  switch (one.field) {
    case "page":
      return all("page", one.pageIds, "pageIds");
    case "tags":
      return all("tag", one.tagIds, "tagIds");
    case "assigned":
      return one.op === "to" ? all("member", one.userIds, "userIds") : [];
    case "campaign":
      return [{ kind: "campaign", id: one.campaignId, path: `${path}/campaignId`, type: null }];
    case "textField":
    case "numberField":
    case "dateField":
    case "dropdownField":
    case "checkboxField": {
      const type = one.field.slice(0, -"Field".length);
      return [{ kind: "field", id: one.fieldId, path: `${path}/fieldId`, type }];
    }
    default:
      return [];
  }
}
