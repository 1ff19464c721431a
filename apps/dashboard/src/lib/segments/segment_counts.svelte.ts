import { SvelteMap } from "svelte/reactivity";

/** How many people are in each segment of a list: counted one after the other, since each reads all contacts. */
export class SegmentCounts {
  readonly #count: (segmentId: string) => Promise<number>;
  readonly #known = new SvelteMap<string, number>();
  readonly #waiting = new Set<string>();
  #isCounting = false;

  constructor(count: (segmentId: string) => Promise<number>) {
    this.#count = count;
  }

  of(segmentId: string): number | undefined {
    return this.#known.get(segmentId);
  }

  /** Requests it in its turn. Call the result when it is no longer shown. */
  want(segmentId: string): () => void {
    if (!this.#known.has(segmentId)) {
      this.#waiting.add(segmentId);
      void this.#work();
    }
    return () => this.#waiting.delete(segmentId);
  }

  async #work(): Promise<void> {
    if (this.#isCounting) return;
    this.#isCounting = true;
    for (const segmentId of this.#waiting) {
      this.#waiting.delete(segmentId);
      try {
        this.#known.set(segmentId, await this.#count(segmentId));
      } catch {
        // It is only beside the name; the segment shows the error.
      }
    }
    this.#isCounting = false;
  }
}
