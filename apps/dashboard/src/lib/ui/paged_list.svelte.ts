import type { List, PageOf } from "../api/client.ts";
import { fillScreen, type Further } from "./fill_screen.ts";
import { describeError } from "../api/request.ts";

/** A list that comes page by page; the newest question wins when answers overtake each other. */
export class PagedList<Item> {
  readonly #fetch: (page: PageOf) => Promise<List<Item>>;
  #nextCursor = $state<string | null>(null);
  #asked = 0;
  /** From where on the page was that did not come. */
  #failed: string | undefined;

  items = $state.raw<Item[]>([]);
  isLoading = $state(false);
  isLoaded = $state(false);
  problem = $state<string | null>(null);
  further = $state<Further>("no");

  readonly hasMore = $derived(this.#nextCursor !== null);

  constructor(fetch: (page: PageOf) => Promise<List<Item>>) {
    this.#fetch = fetch;
  }

  async reload(): Promise<void> {
    await this.#load(undefined);
  }

  /** Loads the next page, after repeating a failed request. */
  async loadMore(): Promise<void> {
    if (this.isLoading) return;
    if (this.problem !== null) await this.#load(this.#failed);
    else if (this.#nextCursor !== null) await this.#load(this.#nextCursor);
  }

  /** From the beginning or from a cursor, as many pages as a screen wants. */
  async #load(from: string | undefined): Promise<void> {
    const asked = ++this.#asked;
    let cursor = from;
    this.isLoading = true;
    this.further = from !== undefined && this.further === "paused" ? "searching" : "no";
    this.problem = null;
    try {
      await fillScreen(
        async () => {
          const page = await this.#fetch(cursor === undefined ? {} : { cursor });
          if (asked !== this.#asked) return null;
          this.items = cursor === undefined ? page.items : [...this.items, ...page.items];
          this.#nextCursor = page.nextCursor;
          this.isLoaded = true;
          cursor = page.nextCursor ?? undefined;
          return { rows: page.items.length, hasMore: cursor !== undefined };
        },
        (further) => {
          this.further = further;
        },
      );
    } catch (error) {
      if (asked !== this.#asked) return;
      this.problem = describeError(error);
      this.#failed = cursor;
      this.further = "no";
    } finally {
      if (asked === this.#asked) this.isLoading = false;
    }
  }
}
