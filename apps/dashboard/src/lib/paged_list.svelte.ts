import type { List } from "./api_types.ts";
import { describeError } from "./request.ts";

/** Which page of a list is wanted; the first one has no cursor. */
export interface PageOf {
  cursor?: string;
}

/** A list that comes page by page; the newest question wins when answers overtake each other. */
export class PagedList<Item> {
  readonly #fetch: (page: PageOf) => Promise<List<Item>>;
  #nextCursor = $state<string | null>(null);
  #asked = 0;

  items = $state.raw<Item[]>([]);
  isLoading = $state(false);
  isLoaded = $state(false);
  problem = $state<string | null>(null);

  readonly hasMore = $derived(this.#nextCursor !== null);

  constructor(fetch: (page: PageOf) => Promise<List<Item>>) {
    this.#fetch = fetch;
  }

  async reload(): Promise<void> {
    await this.#load(undefined);
  }

  async loadMore(): Promise<void> {
    if (this.isLoading || this.#nextCursor === null || this.problem !== null) return;
    await this.#load(this.#nextCursor);
  }

  async #load(cursor: string | undefined): Promise<void> {
    const asked = ++this.#asked;
    this.isLoading = true;
    this.problem = null;
    try {
      const page = await this.#fetch(cursor === undefined ? {} : { cursor });
      if (asked !== this.#asked) return;
      this.items = cursor === undefined ? page.items : [...this.items, ...page.items];
      this.#nextCursor = page.nextCursor;
      this.isLoaded = true;
    } catch (error) {
      if (asked === this.#asked) this.problem = describeError(error);
    } finally {
      if (asked === this.#asked) this.isLoading = false;
    }
  }
}
