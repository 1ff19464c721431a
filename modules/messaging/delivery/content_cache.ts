import type { TransactionSql } from "postgres";

type Message = Record<string, unknown>;

const mostContents = 500;

/** Contents of campaigns, which never change: read once per worker instead of per recipient. */
export function createContentCache() {
  const known = new Map<string, Message>();
  return {
    async load(tx: TransactionSql, ids: ReadonlySet<string>): Promise<void> {
      const missing = [...ids].filter((id) => !known.has(id));
      if (missing.length === 0) return;
      const rows = await tx<{ id: string; message: Message }[]>`
        select id, message from messaging.contents where id = any(${missing}::uuid[])`;
      // Drop the oldest; this claim's contents were just read or will be read again.
      for (const { id, message } of rows) known.set(id, message);
      for (const id of [...known.keys()].slice(0, Math.max(0, known.size - mostContents)))
        if (!ids.has(id)) known.delete(id);
    },
    get(id: string): Message | undefined {
      return known.get(id);
    },
  };
}

export type ContentCache = ReturnType<typeof createContentCache>;
