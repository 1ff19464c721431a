import postgres from "postgres";

const lockKey = 7_305_112_028;

/** That this process uses the embedded server. */
export interface EmbeddedUse {
  /** Ends it. True: nobody else uses the server, and nobody can begin to before `close`. */
  end(): Promise<boolean>;
  close(): Promise<void>;
}

/**
 * Says to all who share the server that it is in use, by a lock that a lost connection takes again. Waits for who is
 * about to stop the server, and then throws as its connection ends.
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
      // Not at once: of two who end together each would be refused by the other's lock.
      await sql`select pg_advisory_unlock_all()`;
      const [row] = await sql<{ isLast: boolean }[]>`select pg_try_advisory_lock(${lockKey}) as "isLast"`;
      return row?.isLast ?? false;
    },
    close: () => sql.end({ timeout: 1 }),
  };
}
