import type { Sql } from "postgres";

/** The restriction that stops all pages from sending. */
export interface AppHold {
  reason: string;
  /** ISO 8601. */
  until: string;
}

/** Meta's hold of the whole app; null: none. */
export async function readAppHold({ sql }: { sql: Sql }): Promise<AppHold | null> {
  const [hold] = await sql<AppHold[]>`
    select reason, to_char(held_until, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as until from messaging.app_holds
    where held_until > clock_timestamp()`;
  return hold ?? null;
}
