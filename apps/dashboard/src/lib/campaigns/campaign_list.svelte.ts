import { LIST_LIMIT } from "../api/client.ts";
import type { Desk } from "../desk/desk.svelte.ts";
import { PagedList } from "../ui/paged_list.svelte.ts";
import { type Campaign, type CampaignQuery, campaigns, type CampaignStatus } from "../api/campaigns.ts";
import { isBefore } from "./campaign_words.ts";
import type { Sorting } from "../ui/table.ts";
import { countsAfter } from "./progress_counts.ts";

const SEARCH_WAIT_MS = 200;

export type CampaignSort = Exclude<NonNullable<CampaignQuery["sort"]>, "created">;
export type CampaignFilter = CampaignStatus | "all" | "archived" | "approval";

/** The campaigns of a workspace, newest first unless sorted otherwise, with live numbers. */
export class CampaignList {
  readonly #desk: Desk;
  search = $state("");
  filter = $state<CampaignFilter>("all");
  sorting = $state.raw<Sorting<CampaignSort>>({ key: "when", order: "desc" });
  readonly campaigns: PagedList<Campaign>;
  readonly #heardOf = new Set<string>();
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(desk: Desk) {
    this.#desk = desk;
    this.campaigns = new PagedList((page) => {
      const { key: sort, order } = this.sorting;
      const query: CampaignQuery = { ...page, sort, order };
      if (this.search.trim() !== "") query.search = this.search.trim();
      if (this.filter === "archived") query.archived = true;
      else if (this.filter === "approval") query.awaitingApproval = true;
      else if (this.filter !== "all") query.status = this.filter;
      return campaigns.list(desk.workspaceId, query);
    });
  }

  start(): () => void {
    const stop = this.#desk.campaignNews.listen((facts) => {
      const shown = this.campaigns.items;
      // Before it begins, people change more of it than its counts; who reads further down is not thrown back to the top.
      if (facts === null) return this.reload();
      if (isBefore(facts.status)) return shown.length > LIST_LIMIT ? undefined : this.reload();
      if (!shown.some((one) => one.id === facts.campaignId)) return this.#hearOfNew(facts.campaignId);
      this.campaigns.items = shown.map((one) =>
        one.id === facts.campaignId ? { ...one, status: facts.status, counts: countsAfter(one, facts) } : one,
      );
    });
    this.reload();
    return () => {
      stop();
      clearTimeout(this.#timer);
    };
  }

  /** It may belong into the list, or be a sequence or of another filter: one look says which. */
  #hearOfNew(id: string): void {
    if (this.#heardOf.has(id)) return;
    this.#heardOf.add(id);
    this.reload();
  }

  reload(): void {
    void this.campaigns.reload();
  }

  setSearch(text: string): void {
    this.search = text;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.reload(), SEARCH_WAIT_MS);
  }

  setFilter(filter: CampaignFilter): void {
    this.filter = filter;
    this.reload();
  }

  setSorting(sorting: Sorting): void {
    const isSort = (key: string): key is CampaignSort => ["when", "name", "sent", "replied"].includes(key);
    if (!isSort(sorting.key)) return;
    this.sorting = { key: sorting.key, order: sorting.order };
    this.reload();
  }

  clear(): void {
    this.search = "";
    this.setFilter("all");
  }
}
