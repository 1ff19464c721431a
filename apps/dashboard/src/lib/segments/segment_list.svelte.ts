import { PagedList } from "../paged_list.svelte.ts";
import { type Segment, segments } from "./segments_api.ts";

const SEARCH_WAIT_MS = 200;

/** The segments of a workspace, searched. */
export class SegmentList {
  search = $state("");
  readonly segments: PagedList<Segment>;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(workspaceId: string) {
    this.segments = new PagedList((page) => {
      const search = this.search.trim();
      return segments.list(workspaceId, { ...page, ...(search === "" ? {} : { search }) });
    });
  }

  reload(): void {
    void this.segments.reload();
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
