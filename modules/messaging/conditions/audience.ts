import { type Static, Type } from "@sinclair/typebox";
import type postgres from "postgres";
import { notFound, nothingElse, Uuid } from "#std";
import type { Fragment } from "../policy/mod.ts";
import { compileConditions } from "./compile.ts";
import { checkConditions, ConditionsSchema } from "./conditions.ts";
import { readGivenConditions } from "./given_conditions.ts";

const some = (maxItems: number) => Type.Array(Uuid, { minItems: 1, maxItems, uniqueItems: true });

/** The audience: everybody, pages, a segment, selected contacts, or conditions. */
export const AudienceSchema = Type.Union(
  [
    Type.Object({ all: Type.Literal(true) }, nothingElse),
    Type.Object({ pageIds: some(500) }, nothingElse),
    Type.Object({ segmentId: Uuid }, nothingElse),
    Type.Object({ contactIds: some(10_000) }, nothingElse),
    Type.Object({ conditions: ConditionsSchema }, nothingElse),
  ],
  { title: "Audience" },
);

export type Audience = Static<typeof AudienceSchema>;

/**
 * A boolean expression over `messaging.contacts as c` for the people of an audience, asking for the workspace too.
 * In an object, since an awaited fragment would be run as a query. Throws 404 for an unknown segment and 422
 * `conditions-invalid`.
 */
export async function audienceCondition(
  sql: postgres.Sql,
  workspaceId: string,
  audience: Audience,
): Promise<{ condition: Fragment }> {
  const holds = await compileAudience(sql, workspaceId, audience);
  return { condition: sql`(c.workspace_id = ${workspaceId}::uuid and ${holds.condition})` };
}

async function compileAudience(
  sql: postgres.Sql,
  workspaceId: string,
  audience: Audience,
): Promise<{ condition: Fragment }> {
  if ("all" in audience) return { condition: sql`true` };
  if ("pageIds" in audience) return { condition: sql`c.page_id = any(${audience.pageIds}::uuid[])` };
  if ("contactIds" in audience) return { condition: sql`c.id = any(${audience.contactIds}::uuid[])` };
  if ("conditions" in audience)
    return await compileConditions(
      sql,
      workspaceId,
      await readGivenConditions(sql, workspaceId, audience.conditions),
    );
  const [segment] = await sql<{ kind: "dynamic" | "static"; conditions: unknown }[]>`
    select kind, conditions from messaging.segments
    where workspace_id = ${workspaceId} and id = ${audience.segmentId}`;
  if (!segment) throw notFound("segment");
  if (segment.kind === "dynamic")
    return await compileConditions(sql, workspaceId, checkConditions(segment.conditions));
  return {
    condition: sql`exists (select from messaging.segment_members as s
      where s.segment_id = ${audience.segmentId}::uuid and s.contact_id = c.id)`,
  };
}
