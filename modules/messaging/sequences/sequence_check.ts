import type { Sql } from "postgres";
import { misfitOf, readField } from "../contacts/mod.ts";
import { checkContent, readContentRules, tidyContent } from "../templates/mod.ts";
import type { SequenceDraft } from "./schema.ts";
import { problem } from "./problems.ts";
import { fieldError } from "#std";

/**
 * Contents within Meta's limits, tags, fields and pages of this workspace, and a trigger that may come. Throws
 * `content-invalid`, `sequence-names-missing` and `trigger-invalid`.
 */
export async function checkDraft(
  sql: Sql,
  workspaceId: string,
  { steps, trigger, exit }: SequenceDraft,
): Promise<void> {
  for (const { content } of steps) {
    const tidy = tidyContent(content);
    checkContent(tidy, await readContentRules(sql, workspaceId, tidy));
  }
  const tags = [
    exit.onTagId,
    ...steps.map(({ condition }) => (condition?.kind === "has_tag" ? condition.tagId : null)),
    trigger?.kind === "tag_added" ? trigger.tagId : null,
  ].filter((id) => id !== null);
  const fields = trigger?.kind === "field_matches" ? [trigger.fieldId] : [];
  const pages = trigger?.pageIds ?? [];
  const [missing] = await sql<{ tags: number; fields: number; pages: number }[]>`
    select (select count(*)::int4 from unnest(${tags}::uuid[]) as named (id)
        where not exists (select from messaging.tags t where t.workspace_id = ${workspaceId} and t.id = named.id)) as tags,
      (select count(*)::int4 from unnest(${fields}::uuid[]) as named (id)
        where not exists (
          select from messaging.custom_fields f where f.workspace_id = ${workspaceId} and f.id = named.id)) as fields,
      (select count(*)::int4 from unnest(${pages}::uuid[]) as named (id)
        where not exists (select from messaging.pages p where p.workspace_id = ${workspaceId} and p.id = named.id)) as pages`;
  const lost = (["tags", "fields", "pages"] as const).find((kind) => (missing?.[kind] ?? 0) > 0);
  if (lost !== undefined) throw problem("sequence-names-missing", { kind: lost });
  if (trigger?.kind === "keyword" && trigger.words.every((word) => word.trim() === ""))
    throw problem("trigger-words-empty");
  const field = trigger?.kind === "field_matches" && (await readField(sql, workspaceId, trigger.fieldId));
  const misfit = field ? misfitOf(field, trigger.value) : null;
  if (misfit !== null)
    throw problem(
      "trigger-invalid",
      { mistake: misfit.text },
      { errors: [fieldError("/trigger/value", misfit)] },
    );
}
