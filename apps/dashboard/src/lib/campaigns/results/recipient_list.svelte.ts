import { LIST_LIMIT } from "../../api/client.ts";
import { PagedList } from "../../ui/paged_list.svelte.ts";
import { campaigns, type Recipient, type RecipientQuery, type WantedState } from "../../api/campaigns.ts";

const SEARCH_WAIT_MS = 200;

export interface RecipientFilter {
  state: WantedState | null;
  reason: string | null;
  pageId: string | null;
  variant: number | null;
  search: string;
}

export const EVERYONE: RecipientFilter = {
  state: null,
  reason: null,
  pageId: null,
  variant: null,
  search: "",
};

/** The people of a campaign, each with what became of their message. */
export class RecipientList {
  filter = $state.raw<RecipientFilter>(EVERYONE);
  readonly people: PagedList<Recipient>;
  #timer: ReturnType<typeof setTimeout> | undefined;

  readonly isFiltered = $derived(Object.values(this.filter).some((value) => value !== null && value !== ""));

  constructor(workspaceId: string, campaignId: string) {
    this.people = new PagedList((page) => {
      const query: RecipientQuery = { ...page };
      const { state, reason, pageId, variant, search } = this.filter;
      if (state !== null) query.state = state;
      if (reason !== null) query.reason = reason;
      if (pageId !== null) query.pageId = pageId;
      if (variant !== null) query.variant = variant;
      if (search.trim() !== "") query.search = search.trim();
      return campaigns.recipients(workspaceId, campaignId, query);
    });
  }

  reload(): void {
    void this.people.reload();
  }

  /** Fetches again what moves, unless that would take away pages that somebody looks through. */
  refresh(): void {
    if (!this.people.isLoading && this.people.items.length <= LIST_LIMIT) this.reload();
  }

  show(change: Partial<RecipientFilter>): void {
    this.filter = { ...this.filter, ...change };
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.reload(), change.search === undefined ? 0 : SEARCH_WAIT_MS);
  }

  stop(): void {
    clearTimeout(this.#timer);
  }
}
