import { type LiveName, type LiveNews, LiveSource, type LiveState } from "./live_source.ts";

/** Messages between tabs of one browser: the leader's events, and pings of the others. */
type Said = { from: "leader"; news: LiveNews } | { from: "follower" };

/** A leader that says nothing for so long after a question is frozen, and another tab takes its place. */
const SILENCE_MS = 1_500;

/**
 * The events of a workspace, by one connection for all tabs of a browser: over HTTP/1.1 it opens six at most to a
 * server, and a stream holds one for as long as its tab lives. The tab that holds a lock leads: it has the connection
 * and passes on its events. A page that is left, or frozen by the browser, releases everything.
 */
export class SharedStream {
  readonly #url: string;
  readonly #names: readonly LiveName[];
  readonly #tell: (news: LiveNews) => void;
  #channel: BroadcastChannel | null = null;
  #source: LiveSource | null = null;
  #state: LiveState = "connecting";
  #lastEventId = "";
  #leaving = new AbortController();
  #silence: ReturnType<typeof setTimeout> | null = null;
  /** Heard of a leader, or was one: what happens meanwhile counts. */
  #wasOpen = false;

  constructor(url: string, { names, tell }: { names: readonly LiveName[]; tell: (news: LiveNews) => void }) {
    this.#url = url;
    this.#names = names;
    this.#tell = tell;
  }

  start(): () => void {
    const comeBack = (event: PageTransitionEvent): void => {
      if (event.persisted) this.#return();
    };
    const resume = (): void => this.#return();
    const leave = (): void => this.#leave();
    const ask = (): void => {
      if (document.visibilityState === "visible") this.#askLeader();
    };
    window.addEventListener("pagehide", leave);
    window.addEventListener("pageshow", comeBack);
    document.addEventListener("freeze", leave);
    document.addEventListener("resume", resume);
    document.addEventListener("visibilitychange", ask);
    this.#join();
    return () => {
      window.removeEventListener("pagehide", leave);
      window.removeEventListener("pageshow", comeBack);
      document.removeEventListener("freeze", leave);
      document.removeEventListener("resume", resume);
      document.removeEventListener("visibilitychange", ask);
      this.#leave();
    };
  }

  #join(): void {
    this.#leaving = new AbortController();
    // Only secure pages have locks; an installation over plain http has a connection in each tab.
    if (!("locks" in navigator) || !("BroadcastChannel" in window)) return this.#lead();
    this.#channel = new BroadcastChannel(this.#name);
    this.#channel.addEventListener("message", ({ data }: MessageEvent<Said>) => this.#heard(data));
    void this.#waitToLead({});
    this.#askLeader();
  }

  get #name(): string {
    // The number changes with the form of what tabs say, so that an old tab and a new one do not talk past each other.
    return `messagesender.live.1 ${this.#url}`;
  }

  async #waitToLead(options: { steal?: true }): Promise<void> {
    const { signal } = this.#leaving;
    try {
      const how = options.steal ? options : { signal };
      await navigator.locks.request(this.#name, how, async () => {
        if (signal.aborted) return;
        this.#lead();
        await new Promise<void>((done) => signal.addEventListener("abort", () => done()));
      });
    } catch {
      // Left, or another tab took the lead because this one did not answer.
      if (signal.aborted) return;
      this.#source?.close();
      this.#source = null;
      void this.#waitToLead({});
    }
  }

  #lead(): void {
    this.#hush();
    if (this.#source) return;
    this.#source = new LiveSource(this.#url, {
      names: this.#names,
      lastEventId: this.#lastEventId,
      hasGap: this.#wasOpen,
      tell: (news) => {
        this.#take(news);
        this.#say({ from: "leader", news });
      },
    });
  }

  #heard(said: Said): void {
    if (said.from === "leader") {
      this.#hush();
      if (!this.#source) this.#take(said.news);
    } else if (this.#source) this.#say({ from: "leader", news: { kind: "state", state: this.#state } });
  }

  #take(news: LiveNews): void {
    if (news.kind === "state") {
      this.#state = news.state;
      this.#wasOpen ||= news.state === "open";
    }
    if (news.kind === "event" && news.id !== "") this.#lastEventId = news.id;
    this.#tell(news);
  }

  #say(said: Said): void {
    this.#channel?.postMessage(said);
  }

  #askLeader(): void {
    if (this.#source || !this.#channel || this.#silence) return;
    this.#say({ from: "follower" });
    this.#silence = setTimeout(() => {
      this.#silence = null;
      if (!this.#source && this.#channel) void this.#waitToLead({ steal: true });
    }, SILENCE_MS);
  }

  #hush(): void {
    if (this.#silence) clearTimeout(this.#silence);
    this.#silence = null;
  }

  /** A frozen page got no events, so its data is loaded again. */
  #return(): void {
    if (this.#channel || this.#source) return;
    this.#join();
    this.#tell({ kind: "gap" });
  }

  #leave(): void {
    this.#hush();
    this.#leaving.abort();
    this.#source?.close();
    this.#source = null;
    this.#channel?.close();
    this.#channel = null;
  }
}
