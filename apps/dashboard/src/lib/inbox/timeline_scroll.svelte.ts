import { tick } from "svelte";

const NEAR_END_PX = 80;
const NEAR_START_PX = 600;

/** Where the reader is in a timeline: stays at the end while there, keeps the place when older messages come in above. */
export class TimelineScroll {
  readonly #loadOlder: () => Promise<void>;
  #viewport: HTMLElement | null = null;
  #isLoadingOlder = false;
  #lastTop = 0;

  isAtEnd = $state(true);

  constructor(loadOlder: () => Promise<void>) {
    this.#loadOlder = loadOlder;
  }

  /** For use as an attachment on the scrolling element, whose only child is the content. */
  readonly attach = (viewport: HTMLElement): (() => void) => {
    this.#viewport = viewport;
    const content = viewport.firstElementChild;
    const resized = new ResizeObserver(() => {
      if (this.isAtEnd && !this.#isLoadingOlder) this.#jump();
    });
    resized.observe(viewport);
    if (content) resized.observe(content);
    const onScroll = (): void => this.#scrolled();
    viewport.addEventListener("scroll", onScroll, { passive: true });
    return () => {
      resized.disconnect();
      viewport.removeEventListener("scroll", onScroll);
      this.#viewport = null;
    };
  };

  toEnd(): void {
    this.isAtEnd = true;
    this.#jump();
  }

  #jump(): void {
    const viewport = this.#viewport;
    if (viewport) viewport.scrollTop = viewport.scrollHeight;
  }

  #scrolled(): void {
    const viewport = this.#viewport;
    if (!viewport) return;
    const top = viewport.scrollTop;
    const isNearEnd = viewport.scrollHeight - top - viewport.clientHeight < NEAR_END_PX;
    // Content that grows below also leaves a distance to the end; only moving up means that the reader left it.
    if (isNearEnd) this.isAtEnd = true;
    else if (top < this.#lastTop) this.isAtEnd = false;
    this.#lastTop = top;
    if (top < NEAR_START_PX && !this.isAtEnd) void this.#fillAbove();
  }

  async #fillAbove(): Promise<void> {
    const viewport = this.#viewport;
    if (!viewport || this.#isLoadingOlder) return;
    this.#isLoadingOlder = true;
    try {
      const before = viewport.scrollHeight;
      await this.#loadOlder();
      await tick();
      // The browser's own anchoring is off here, so the place is kept by the height that was added above.
      viewport.scrollTop += viewport.scrollHeight - before;
    } finally {
      this.#isLoadingOlder = false;
    }
  }
}
