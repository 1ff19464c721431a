import { auth } from "../api/auth.ts";
import { ApiError } from "../api/request.ts";
import type { LiveEvent } from "../../../../server/app.ts";

const RETRY_MS = [1000, 2000, 5000, 10_000, 20_000];

export type LiveName = LiveEvent["name"];

export type LiveState = "connecting" | "open" | "lost";

/** What a stream tells. `gap`: events may have been missed. `ended`: nobody is signed in any more, or may see nothing. */
export type LiveNews =
  | { kind: "event"; name: LiveName; id: string; data: string }
  | { kind: "state"; state: LiveState }
  | { kind: "gap" }
  | { kind: "ended" };

export interface LiveSourceOptions {
  /** Of the events that are passed on. */
  names: readonly LiveName[];
  /** The id of the last event before this connection, or "". */
  lastEventId: string;
  hasGap: boolean;
  tell: (news: LiveNews) => void;
}

/** One connection to the server's events, opened again whenever it is lost, without a gap where the server can tell. */
export class LiveSource {
  readonly #url: string;
  readonly #names: readonly LiveName[];
  readonly #tell: (news: LiveNews) => void;
  #source: EventSource | null = null;
  #retry: ReturnType<typeof setTimeout> | null = null;
  #failures = 0;
  #lastEventId: string;
  /** Events were missed that the server cannot repeat, since none came before. */
  #hasGap: boolean;

  constructor(url: string, { names, lastEventId, hasGap, tell }: LiveSourceOptions) {
    this.#url = url;
    this.#names = names;
    this.#tell = tell;
    this.#lastEventId = lastEventId;
    this.#hasGap = hasGap;
    window.addEventListener("online", this.#reopen);
    this.#open();
  }

  close(): void {
    window.removeEventListener("online", this.#reopen);
    this.#drop();
  }

  #open(): void {
    // A new EventSource cannot send the header Last-Event-ID; one that reconnects by itself does.
    const from = this.#lastEventId === "" ? "" : `?lastEventId=${encodeURIComponent(this.#lastEventId)}`;
    const source = new EventSource(this.#url + from);
    this.#source = source;
    source.addEventListener("open", () => this.#opened());
    source.addEventListener("error", () => this.#failed(source));
    source.addEventListener("refetch", () => this.#tell({ kind: "gap" }));
    for (const name of this.#names)
      source.addEventListener(name, ({ lastEventId: id, data }: MessageEvent<string>) => {
        if (id !== "") this.#lastEventId = id;
        this.#tell({ kind: "event", name, id, data });
      });
  }

  #opened(): void {
    this.#failures = 0;
    this.#tell({ kind: "state", state: "open" });
    if (this.#hasGap && this.#lastEventId === "") this.#tell({ kind: "gap" });
    this.#hasGap = false;
  }

  #failed(source: EventSource): void {
    this.#hasGap = true;
    this.#tell({ kind: "state", state: "lost" });
    if (source.readyState !== EventSource.CLOSED || this.#retry) return;
    const wait = RETRY_MS[Math.min(this.#failures, RETRY_MS.length - 1)];
    this.#failures += 1;
    this.#retry = setTimeout(() => {
      this.#retry = null;
      void this.#reopenSignedIn();
    }, wait);
  }

  /** An event stream cannot say 401, so the access is refreshed by an ordinary call first. */
  async #reopenSignedIn(): Promise<void> {
    const lost = this.#source;
    try {
      const { mustAddSecondFactor } = await auth.me();
      if (mustAddSecondFactor) return this.#tell({ kind: "ended" });
      // Closed or opened anew meanwhile: no second one.
      if (lost !== null && lost === this.#source) this.#reopen();
    } catch (error) {
      if (lost === null || lost !== this.#source) return;
      if (error instanceof ApiError && error.status === 401) this.#tell({ kind: "ended" });
      else this.#failed(lost);
    }
  }

  readonly #reopen = (): void => {
    this.#drop();
    this.#open();
  };

  #drop(): void {
    if (this.#retry) clearTimeout(this.#retry);
    this.#retry = null;
    this.#source?.close();
    this.#source = null;
  }
}
