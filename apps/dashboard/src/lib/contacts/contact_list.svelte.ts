import { contacts } from "../api/contacts.ts";
import type { ListedContact } from "../api/types.ts";
import { PagedList } from "../ui/paged_list.svelte.ts";
import type { ListFilter } from "./contact_filter.ts";

const SEARCH_WAIT_MS = 200;

interface ListOptions {
  filter: ListFilter;
  /** Whether rows show custom fields, which are read only then. */
  hasFields: boolean;
  /** Told of each change, to keep it in the address. */
  onfilter: (filter: ListFilter) => void;
}

/** The contacts of a workspace, narrowed and ordered, with how many there are in all. */
export class ContactList {
  readonly #workspaceId: string;
  readonly #onfilter: (filter: ListFilter) => void;
  readonly people: PagedList<ListedContact>;
  filter = $state.raw<ListFilter>({});
  /** Null while it is counted. */
  total = $state<number | null>(null);
  readonly isNarrowed = $derived(Object.keys(this.filter).some((name) => name !== "sort"));
  #timer: ReturnType<typeof setTimeout> | undefined;
  #counted = 0;
  #hasFields: boolean;

  constructor(workspaceId: string, { filter, hasFields, onfilter }: ListOptions) {
    this.#workspaceId = workspaceId;
    this.#onfilter = onfilter;
    this.filter = filter;
    this.#hasFields = hasFields;
    this.people = new PagedList((page) =>
      contacts.list(workspaceId, { ...this.filter, ...page, ...(this.#hasFields ? { fields: true } : {}) }),
    );
  }

  reload(): void {
    void this.people.reload();
    void this.#count();
  }

  /** Narrows or widens the list; undefined takes a filter away. */
  set(change: { [Name in keyof ListFilter]?: ListFilter[Name] | undefined }): void {
    const entries = Object.entries({ ...this.filter, ...change });
    this.filter = Object.fromEntries(entries.filter(([, value]) => value !== undefined && value !== ""));
    this.#onfilter(this.filter);
    clearTimeout(this.#timer);
    const wait = "search" in change ? SEARCH_WAIT_MS : 0;
    this.#timer = setTimeout(() => this.reload(), wait);
  }

  showFields(hasFields: boolean): void {
    if (this.#hasFields === hasFields) return;
    this.#hasFields = hasFields;
    void this.people.reload();
  }

  clear(): void {
    const { sort } = this.filter;
    this.filter = {};
    this.set({ sort });
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  async #count(): Promise<void> {
    const asked = ++this.#counted;
    const { sort: _sort, ...filter } = this.filter;
    this.total = null;
    try {
      const { count } = await contacts.count(this.#workspaceId, filter);
      if (asked === this.#counted) this.total = count;
    } catch {
      // The list shows the error; without a count only the number is missing.
    }
  }
}
