/** The stream of changes to the phones' page. */
export interface Live {
  /** Says that something about a person or their thread changed. */
  person(psid: string): void;
  /** Says that pages, switches or the list of persons changed. */
  all(): void;
  /** Opens one server-sent event stream. */
  open(): Response;
  stop(): void;
}

/** Changes gather for this long, so that a campaign does not drown the page in events. */
const gatherMs = 60;
const pingMs = 20_000;

/** Creates the stream; without listeners a change costs one comparison. */
export function createLive(): Live {
  const listeners = new Set<ReadableStreamDefaultController<Uint8Array>>();
  const encoder = new TextEncoder();
  const changed = new Set<string>();
  let hasGeneralChange = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let ping: ReturnType<typeof setInterval> | undefined;

  function send(text: string): void {
    const bytes = encoder.encode(text);
    for (const listener of listeners) {
      try {
        listener.enqueue(bytes);
      } catch {
        listeners.delete(listener);
      }
    }
  }

  function flush(): void {
    timer = undefined;
    const psids = [...changed].slice(0, 500);
    send(`data: ${JSON.stringify({ psids, all: hasGeneralChange })}\n\n`);
    changed.clear();
    hasGeneralChange = false;
  }

  function schedule(): void {
    timer ??= setTimeout(flush, gatherMs);
  }

  return {
    person(psid) {
      if (listeners.size === 0) return;
      changed.add(psid);
      schedule();
    },
    all() {
      if (listeners.size === 0) return;
      hasGeneralChange = true;
      schedule();
    },
    open() {
      let own: ReadableStreamDefaultController<Uint8Array> | undefined;
      ping ??= setInterval(() => send(": ping\n\n"), pingMs);
      const stream = new ReadableStream<Uint8Array>({
        start(controller) {
          own = controller;
          listeners.add(controller);
          controller.enqueue(encoder.encode("retry: 1000\n\n"));
        },
        cancel() {
          if (own !== undefined) listeners.delete(own);
        },
      });
      return new Response(stream, {
        headers: { "Content-Type": "text/event-stream", "Cache-Control": "no-cache" },
      });
    },
    stop() {
      clearTimeout(timer);
      clearInterval(ping);
      for (const listener of listeners) {
        try {
          listener.close();
        } catch {
          // The browser has gone already.
        }
      }
      listeners.clear();
    },
  };
}
