import { areStillSignedIn, type AuthDeps, type Principal } from "#auth";
import { log } from "#std";
import { problem } from "./problems.ts";

/** An open stream with its session and its end. */
export interface OpenStream {
  principal: Principal;
  end(): void;
}

export interface StreamLimits {
  perUser: number;
  perProcess: number;
  /** Between two looks at the sessions of all open streams. */
  checkMs: number;
}

export const streamLimits: StreamLimits = { perUser: 20, perProcess: 2_000, checkMs: 1_000 };

interface Question {
  principal: Principal;
  answer(isSignedIn: boolean | null): void;
}

/**
 * The open streams of a process, how many there may be, and whether their people are still signed in. All who ask
 * while a read is on its way are answered by the next one: fifty readers of an event cost one read.
 */
export function createStreamSessions(
  on: Pick<AuthDeps, "sql">,
  { perUser, perProcess, checkMs }: StreamLimits = streamLimits,
) {
  const streams = new Set<OpenStream>();
  let waiting: Question[] = [];
  let isReading = false;
  let timer: ReturnType<typeof setInterval> | undefined;

  async function read(): Promise<void> {
    isReading = true;
    while (waiting.length > 0) {
      const asked = waiting;
      waiting = [];
      const answers = await areStillSignedIn(
        on,
        asked.map(({ principal }) => principal),
      ).catch((error: unknown) => {
        log.warn("Cannot check the sessions of live streams", { error });
        return null;
      });
      for (const [place, { answer }] of asked.entries()) answer(answers?.[place] ?? null);
    }
    isReading = false;
  }

  /** Whether the session is active; null while the database does not respond. */
  function isSignedIn(principal: Principal): Promise<boolean | null> {
    const answered = new Promise<boolean | null>((answer) => waiting.push({ principal, answer }));
    if (!isReading) void read();
    return answered;
  }

  async function endIfOver(stream: OpenStream): Promise<void> {
    if ((await isSignedIn(stream.principal)) === false) stream.end();
  }

  function checkAll(): void {
    for (const stream of streams) void endIfOver(stream);
  }

  return {
    isSignedIn,
    /** Throws Problem: too-many-streams. */
    open(stream: OpenStream): void {
      const { userId } = stream.principal;
      const own = [...streams].filter(({ principal }) => principal.userId === userId).length;
      if (own >= perUser) throw problem("too-many-streams", { own }, { retryAfterSeconds: 15 });
      if (streams.size >= perProcess) throw problem("streams-full", {}, { retryAfterSeconds: 15 });
      streams.add(stream);
      timer ??= setInterval(checkAll, checkMs);
    },
    close(stream: OpenStream): void {
      streams.delete(stream);
      if (streams.size > 0) return;
      clearInterval(timer);
      timer = undefined;
    },
  };
}

export type StreamSessions = ReturnType<typeof createStreamSessions>;
