/** Collects ids that come in a burst and hands them over together, one hand-over at a time. */
export class Coalescer {
  readonly #flush: (ids: string[]) => Promise<void>;
  readonly #waitMs: number;
  #ids = new Set<string>();
  #timer: ReturnType<typeof setTimeout> | null = null;
  #isRunning = false;

  constructor(flush: (ids: string[]) => Promise<void>, options: { waitMs: number }) {
    this.#flush = flush;
    this.#waitMs = options.waitMs;
  }

  add(id: string): void {
    this.#ids.add(id);
    this.#schedule();
  }

  stop(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    this.#ids.clear();
  }

  #schedule(): void {
    if (this.#timer || this.#isRunning || this.#ids.size === 0) return;
    this.#timer = setTimeout(() => {
      this.#timer = null;
      void this.#run();
    }, this.#waitMs);
  }

  async #run(): Promise<void> {
    const ids = [...this.#ids];
    this.#ids.clear();
    this.#isRunning = true;
    try {
      await this.#flush(ids);
    } catch {
      // A refetch that fails is made good by the next event or by the reload after a reconnect.
    } finally {
      this.#isRunning = false;
      this.#schedule();
    }
  }
}
