import postgres from "postgres";

const lockKey = 7_305_112_028;

/** That this process uses the embedded server. */
export interface EmbeddedUse {
  /** Ends the use. True: there are no other users, and none can begin before `close`. */
  end(): Promise<boolean>;
  close(): Promise<void>;
}

/**
 * Marks the server as in use by a lock that ends with the connection. Waits for a process about to stop the server,
 * and then throws because its connection ends.
 */
export async function useEmbedded(url: string): Promise<EmbeddedUse> {
  const over = new AbortController();
  let isTaking = false;
  const sql = postgres(url, {
    max: 1,
    max_lifetime: null,
    connect_timeout: 5,
    onnotice: () => undefined,
    connection: { application_name: "messagesender in use" },
    onclose: () => void takeAgain(),
  });
  const take = () => sql`select pg_advisory_lock_shared(${lockKey})`;

  async function takeAgain(): Promise<void> {
    if (isTaking || over.signal.aborted) return;
    isTaking = true;
    for (;;) {
      if (over.signal.aborted || (await take().catch(() => null))) break;
      await Bun.sleep(500);
    }
    isTaking = false;
  }

  isTaking = true;
  try {
    await take();
  } catch (error) {
    over.abort();
    await sql.end({ timeout: 1 });
    throw error;
  }
  isTaking = false;
  return {
    async end() {
      over.abort();
      // With a delay: of two that end together, each would be refused by the other's lock.
      await sql`select pg_advisory_unlock_all()`;
      const [row] = await sql<{ isLast: boolean }[]>`select pg_try_advisory_lock(${lockKey}) as "isLast"`;
      return row?.isLast ?? false;
    },
    close: () => sql.end({ timeout: 1 }),
  };
}
