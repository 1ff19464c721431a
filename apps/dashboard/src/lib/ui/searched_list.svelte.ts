import type { List, PageOf } from "../api/client.ts";
import { PagedList } from "./paged_list.svelte.ts";

const SEARCH_WAIT_MS = 200;

/** A list that is searched by name, a moment after the last key. */
export class SearchedList<Item> {
  search = $state("");
  readonly found: PagedList<Item>;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(fetch: (query: PageOf & { search?: string }) => Promise<List<Item>>) {
    this.found = new PagedList((page) => {
      const search = this.search.trim();
      return fetch({ ...page, ...(search === "" ? {} : { search }) });
    });
  }

  reload(): void {
    void this.found.reload();
  }

  setSearch(text: string): void {
    this.search = text;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.reload(), SEARCH_WAIT_MS);
  }

  stop(): void {
    clearTimeout(this.#timer);
  }
}
