import type { Sql } from "postgres";
import { recognize } from "#std";

/** The restriction that stops all pages from sending. */
export interface AppHold {
  reason: string;
  reasonWords: ReturnType<typeof recognize>;
  /** ISO 8601. */
  until: string;
}

/** Meta's hold of the whole app; null: none. */
export async function readAppHold({ sql }: { sql: Sql }): Promise<AppHold | null> {
  const [hold] = await sql<Omit<AppHold, "reasonWords">[]>`
    select reason, to_char(held_until, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as until from messaging.app_holds
    where held_until > clock_timestamp()`;
  return hold ? { ...hold, reasonWords: recognize(hold.reason) } : null;
}
