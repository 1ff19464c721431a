import { type ContactQuery, contacts } from "../api.ts";
import type { ListedContact } from "../api_types.ts";
import { PagedList } from "../paged_list.svelte.ts";

const SEARCH_WAIT_MS = 200;

/** The contacts of a workspace, searched and of one page or all. */
export class ContactList {
  search = $state("");
  pageId = $state<string | null>(null);
  readonly people: PagedList<ListedContact>;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(workspaceId: string) {
    this.people = new PagedList((page) => {
      const query: ContactQuery = { ...page };
      const search = this.search.trim();
      if (search !== "") query.search = search;
      if (this.pageId !== null) query.pageId = this.pageId;
      return contacts.list(workspaceId, query);
    });
  }

  reload(): void {
    void this.people.reload();
  }

  setSearch(text: string): void {
    this.search = text;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.reload(), SEARCH_WAIT_MS);
  }

  setPage(id: string | null): void {
    this.pageId = id;
    this.reload();
  }

  clear(): void {
    this.search = "";
    this.setPage(null);
  }
}
