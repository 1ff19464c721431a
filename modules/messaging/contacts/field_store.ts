import type { Sql } from "postgres";
import { and, asc, eq, gt } from "drizzle-orm";
import { activityRows, changesOf, recordActivity } from "#auth";
import { type Handle, orm } from "#db";
import { customFields } from "#db/messaging";
import { decodeCursor, notFound, pageOf } from "#std";
import { refuseWhileUsed } from "./label_uses.ts";
import type { CustomField, CustomFieldChange, NewCustomField } from "./schema_labels.ts";
import { problem } from "./problems.ts";

/** A workspace has at most so many custom fields. */
const mostFields = 100;

const columns = {
  id: customFields.id,
  key: customFields.key,
  label: customFields.label,
  type: customFields.type,
  options: customFields.options,
};

/** Custom fields of a workspace by key. */
export async function listFields(
  { sql: db }: { sql: Handle },
  workspaceId: string,
  { limit = 100, cursor }: { limit?: number; cursor?: string },
): Promise<{ items: CustomField[]; nextCursor: string | null }> {
  const after = cursor === undefined ? null : String(decodeCursor(cursor, 1)[0]);
  const rows = await orm(db)
    .select(columns)
    .from(customFields)
    .where(
      and(
        eq(customFields.workspaceId, workspaceId),
        after === null ? undefined : gt(customFields.key, after),
      ),
    )
    .orderBy(asc(customFields.key))
    .limit(limit + 1);
  return pageOf(rows, limit, (row) => [row.key]);
}

/** All custom fields of a workspace, for reading and checking values. */
export async function readFields({ sql: db }: { sql: Handle }, workspaceId: string): Promise<CustomField[]> {
  return await orm(db).select(columns).from(customFields).where(eq(customFields.workspaceId, workspaceId));
}

/** Makes a custom field. Throws 409 `key-taken`, 422 `too-many-fields` or `options-invalid`. */
export async function createField(
  { sql: db }: { sql: Sql },
  workspaceId: string,
  { key, label, type, options = [] }: NewCustomField,
): Promise<CustomField> {
  if ((type === "dropdown") !== options.length > 0)
    throw type === "dropdown" ? problem("options-invalid") : problem("options-without-dropdown", { type });
  return await db.begin(async (tx) => {
    // One at a time, so that concurrent ones do not each find room for the last.
    await tx`select pg_advisory_xact_lock(hashtextextended('fields ' || ${workspaceId}::text, 0))`;
    const count = await orm(tx).$count(customFields, eq(customFields.workspaceId, workspaceId));
    if (count >= mostFields) throw problem("too-many-fields", { most: mostFields });
    const [row] = await orm(tx)
      .insert(customFields)
      .values({ workspaceId, key, label: label.trim(), type, options })
      .onConflictDoNothing()
      .returning(columns);
    if (!row) throw problem("key-taken", { key });
    await recordActivity(tx, {
      action: "field.created",
      workspaceId,
      subject: { id: row.id, name: row.label },
      after: { key, type },
    });
    return row;
  });
}

/** Changes a field's name or a dropdown's choices. A choice in use stays: 409 `option-in-use`. */
export async function changeField(
  { sql: db }: { sql: Sql },
  { workspaceId, id, label, options }: CustomFieldChange & { workspaceId: string; id: string },
): Promise<CustomField> {
  return await db.begin(async (tx) => {
    const [field] = await orm(tx)
      .select(columns)
      .from(customFields)
      .where(and(eq(customFields.workspaceId, workspaceId), eq(customFields.id, id)))
      .for("update");
    if (!field) throw notFound("custom-field");
    if (options && field.type !== "dropdown") throw problem("options-without-dropdown", { type: field.type });
    const [used] = options
      ? await tx<{ text_value: string }[]>`
          select text_value from messaging.contact_fields
          where field_id = ${id} and text_value <> all (${options}) limit 1`
      : [];
    if (used) throw problem("option-in-use", { option: used.text_value });
    const [row] = await orm(tx)
      .update(customFields)
      .set({ label: label?.trim() ?? field.label, options: options ?? field.options })
      .where(eq(customFields.id, id))
      .returning(columns);
    if (!row) throw notFound("custom-field");
    await recordActivity(tx, {
      action: "field.changed",
      workspaceId,
      subject: { id, name: row.label },
      ...changesOf(field, { label: row.label, options: row.options }),
    });
    return row;
  });
}

/** Deletes a field with all values. Throws 409 `field-in-use` while a segment, a message or a sequence uses it. */
export async function deleteField(
  { sql: db }: { sql: Handle },
  workspaceId: string,
  id: string,
): Promise<void> {
  await refuseWhileUsed(db, workspaceId, { id, what: "field" });
  const gone = await db`
    with gone as (
      delete from messaging.custom_fields where workspace_id = ${workspaceId} and id = ${id} returning id, label),
    recorded as (${activityRows(
      db,
      { action: "field.deleted", workspaceId },
      { from: db`gone`, id: db`id`, name: db`label` },
    )})
    select id from gone`;
  if (gone.length === 0) throw notFound("custom-field");
}
