import { PagedList } from "../paged_list.svelte.ts";
import { type Template, templates } from "./templates_api.ts";

const SEARCH_WAIT_MS = 200;

/** The saved messages of a workspace, searched. */
export class TemplateList {
  search = $state("");
  readonly templates: PagedList<Template>;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(workspaceId: string) {
    this.templates = new PagedList((page) => {
      const search = this.search.trim();
      return templates.list(workspaceId, { ...page, ...(search === "" ? {} : { search }) });
    });
  }

  reload(): void {
    void this.templates.reload();
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
