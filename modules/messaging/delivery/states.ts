import type { Fragment, Sql } from "postgres";
import { micros } from "#db";
import { graphErrorRule, graphErrorText } from "../graph/mod.ts";
import { type ReasonText, refusalText } from "../policy/mod.ts";
import { reasonText } from "./reason_texts.ts";

export type DeliveryState = "queued" | "sending" | "sent" | "unknown" | "failed";

export interface DeliveryStatus {
  state: DeliveryState;
  /** When it left, in microseconds: watermarks from then on say that it was delivered, or read. */
  leftAt: number | null;
  error: ({ code: string } & ReasonText) | null;
}

/** The stored part of an outcome. */
export interface DeliveryRow {
  state: string;
  reason: string | null;
  error_code: number | null;
  error_subcode: number | null;
  left_at: number | null;
}

const states: Readonly<Record<string, DeliveryState>> = {
  queued: "queued",
  leased: "queued",
  sending: "sending",
  sent: "sent",
  unknown: "unknown",
  failed: "failed",
  skipped: "failed",
  cancelled: "failed",
};

/** The ledger's states of these messages, without unknown ones. */
export async function deliveryStatesOf(
  { sql }: { sql: Sql },
  workspaceId: string,
  messageIds: readonly string[],
): Promise<Map<string, DeliveryStatus>> {
  if (messageIds.length === 0) return new Map();
  // Hidden from the planner: a plan that knew of one message looked cheaper than one for all, and was made each time.
  const ids = sql`array(select unnest(${[...messageIds]}::uuid[]))`;
  const rows = await sql<(DeliveryRow & { message_id: string })[]>`
    select message_id, state, reason, error_code, error_subcode, ${leftAt(sql)} as left_at from messaging.deliveries d
    where workspace_id = ${workspaceId} and message_id = any (${ids})`;
  return new Map(rows.map((row) => [row.message_id, statusOfDelivery(row)]));
}

/** For `left_at` of a delivery `d`. */
export const leftAt = (sql: Sql): Fragment => micros(sql, "coalesce(d.attempt_at, d.settled_at)");

/** An outcome as people see it. */
export function statusOfDelivery(row: DeliveryRow): DeliveryStatus {
  const state = states[row.state] ?? "unknown";
  return { state, leftAt: row.left_at, error: state === "failed" ? errorOf(row) : null };
}

function errorOf({
  state,
  reason,
  error_code: code,
  error_subcode: subcode,
}: DeliveryRow): DeliveryStatus["error"] {
  const named = state === "cancelled" ? "cancelled" : reason;
  const isOwn = named === "cancelled" || named === "unconfirmed" || named === "media-refused";
  const refused = state === "skipped" && reason !== null ? refusalText(reason) : undefined;
  const text = isOwn
    ? reasonText({ reason: named })
    : (refused ?? graphErrorText(graphErrorRule(code ?? 0, subcode)));
  return { code: named ?? "failed", ...text };
}
