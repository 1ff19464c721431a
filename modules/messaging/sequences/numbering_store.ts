import { type Static, Type } from "@sinclair/typebox";
import type { Sql, TransactionSql } from "postgres";
import { notFound, parse } from "#std";
import { SequenceDraftSchema } from "./schema.ts";
import { firstNumbering, type Numbering, NumberingSchema, placesAfter } from "./step_numbers.ts";

interface Ref {
  workspaceId: string;
  sequenceId: string;
}

/** `campaigns.draft` of a sequence; one from before its steps had numbers has no numbering. */
const Stored = Type.Composite([
  SequenceDraftSchema,
  Type.Object({ numbering: Type.Optional(NumberingSchema) }),
]);

export function readStored(id: string, draft: unknown): Required<Static<typeof Stored>> {
  const stored = parse(Stored, draft);
  if (!stored.ok) throw new Error(`Cannot read sequence ${id}: its draft does not fit`);
  return { ...stored.value, numbering: stored.value.numbering ?? firstNumbering(stored.value.steps) };
}

/** The numbers of a sequence's steps. Throws 404. */
export async function readNumbering(sql: Sql, { workspaceId, sequenceId }: Ref): Promise<Numbering> {
  const [row] = await sql<{ draft: unknown }[]>`select draft from messaging.campaigns
    where workspace_id = ${workspaceId} and id = ${sequenceId} and kind = 'sequence'`;
  if (!row) throw notFound("sequence");
  return readStored(sequenceId, row.draft).numbering;
}

/** A stored sequence, locked until the end of the transaction. Throws 404. */
export async function holdSequence(
  tx: TransactionSql,
  { workspaceId, sequenceId }: Ref,
): Promise<ReturnType<typeof readStored> & { hasRun: boolean }> {
  const [row] = await tx<{ draft: unknown; has_run: boolean }[]>`
    select draft, launched_at is not null as has_run from messaging.campaigns
    where workspace_id = ${workspaceId} and id = ${sequenceId} and kind = 'sequence' for no key update`;
  if (!row) throw notFound("sequence");
  return { ...readStored(sequenceId, row.draft), hasRun: row.has_run };
}

/** Enrolments continue in the new steps, at their old place. */
export async function moveOn(tx: TransactionSql, ref: Ref, numbering: Numbering): Promise<void> {
  const places = placesAfter(numbering);
  await tx`update messaging.enrolments
    set next_step = coalesce((${JSON.stringify(places)}::jsonb ->> (next_step - 1))::int2, ${places.at(-1) ?? 1})
    where campaign_id = ${ref.sequenceId} and status = 'active'`;
  const moved = JSON.stringify({ ...numbering, running: numbering.written });
  await tx`update messaging.campaigns set draft = jsonb_set(draft, '{numbering}', ${moved}::jsonb)
    where workspace_id = ${ref.workspaceId} and id = ${ref.sequenceId}`;
}
