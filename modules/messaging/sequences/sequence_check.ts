import type { Sql } from "postgres";
import { Problem } from "#std";
import { misfitOf, readField } from "../contacts/mod.ts";
import { checkContent, readContentRules, tidyContent } from "../templates/mod.ts";
import type { SequenceDraft } from "./schema.ts";

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
  const lost = (["tags", "fields", "pages"] as const).filter((kind) => (missing?.[kind] ?? 0) > 0);
  if (lost.length > 0)
    throw new Problem(
      "sequence-names-missing",
      422,
      `Cannot save the sequence: it names ${lost.join(" and ")} that this workspace does not have. Choose others`,
    );
  if (trigger?.kind === "keyword" && trigger.words.every((word) => word.trim() === ""))
    throw neverBegins("its words are empty");
  const field = trigger?.kind === "field_matches" && (await readField(sql, workspaceId, trigger.fieldId));
  const misfit = field ? misfitOf(field, trigger.value) : null;
  if (misfit !== null) throw neverBegins(misfit);
}

const neverBegins = (why: string) =>
  new Problem(
    "trigger-invalid",
    422,
    `Cannot save the sequence: nothing would begin it, since ${why}. Change it`,
  );
