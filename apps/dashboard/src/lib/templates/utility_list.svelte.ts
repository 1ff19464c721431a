import { PagedList } from "../ui/paged_list.svelte.ts";
import { type UtilityTemplate, utilityTemplates } from "../api/utility_templates.ts";

const SEARCH_WAIT_MS = 200;
const LOOK_EVERY_MS = 3000;
const LOOKS = 10;

/** The utility templates of all pages, searched; looked at again while Meta is expected to answer. */
export class UtilityList {
  search = $state("");
  readonly templates: PagedList<UtilityTemplate>;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #watch: ReturnType<typeof setInterval> | undefined;

  constructor(workspaceId: string) {
    this.templates = new PagedList((page) => {
      const search = this.search.trim();
      return utilityTemplates.list(workspaceId, { ...page, ...(search === "" ? {} : { search }) });
    });
  }

  start(): () => void {
    this.reload();
    return () => {
      clearTimeout(this.#timer);
      clearInterval(this.#watch);
    };
  }

  reload(): void {
    void this.templates.reload();
  }

  /** Meta's answers come within seconds, mostly; no event tells of them. */
  watch(): void {
    let left = LOOKS;
    clearInterval(this.#watch);
    this.reload();
    this.#watch = setInterval(() => {
      left -= 1;
      if (left <= 0) clearInterval(this.#watch);
      this.reload();
    }, LOOK_EVERY_MS);
  }

  setSearch(text: string): void {
    this.search = text;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.reload(), SEARCH_WAIT_MS);
  }
}
