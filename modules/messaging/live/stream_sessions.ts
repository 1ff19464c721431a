import { type AuthDeps, type PageAccess, type Principal, readCurrentAccess } from "#auth";
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

/** What a reader sees now; "ended": not signed in any more; "unknown": the database does not respond. */
export type CurrentAccess = PageAccess | { kind: "ended" } | { kind: "unknown" };

interface Question {
  principal: Principal;
  answer(access: CurrentAccess): void;
}

/**
 * The open streams of a process, how many there may be, and what their people see, unless their session ended. All who ask
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
      const answers = await readCurrentAccess(
        on,
        asked.map(({ principal }) => principal),
      ).catch((error: unknown) => {
        log.warn("Cannot check the sessions of live streams", { error });
        return null;
      });
      for (const [place, { answer }] of asked.entries())
        answer(answers === null ? { kind: "unknown" } : (answers[place] ?? { kind: "ended" }));
    }
    isReading = false;
  }

  function currentAccess(principal: Principal): Promise<CurrentAccess> {
    const answered = new Promise<CurrentAccess>((answer) => waiting.push({ principal, answer }));
    if (!isReading) void read();
    return answered;
  }

  async function endIfOver(stream: OpenStream): Promise<void> {
    if ((await currentAccess(stream.principal)).kind === "ended") stream.end();
  }

  function checkAll(): void {
    for (const stream of streams) void endIfOver(stream);
  }

  return {
    currentAccess,
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
