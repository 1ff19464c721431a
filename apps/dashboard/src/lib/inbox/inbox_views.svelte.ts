import { views } from "../api/conversations.ts";
import type { SavedView } from "../api/types.ts";
import type { Desk } from "../desk/desk.svelte.ts";

/** The shortest time between two reads of the counts. */
const PACE_MS = 5_000;

interface Count {
  count: number;
  isMore: boolean;
}

/** The saved views of this person, and how many conversations they and the pages have. */
export class InboxViews {
  readonly #workspaceId: string;
  #timer: ReturnType<typeof setTimeout> | null = null;
  #countedAt = -PACE_MS;
  saved = $state.raw<SavedView[] | null>(null);
  #counts = $state.raw<ReadonlyMap<string, Count>>(new Map());

  constructor(workspaceId: string) {
    this.#workspaceId = workspaceId;
  }

  /** Of a view or a page; null when it is not known, as for a view that searches. */
  count(id: string): Count | null {
    return this.#counts.get(id) ?? null;
  }

  /** Throws ApiError. */
  async load(): Promise<void> {
    this.saved = (await views.list(this.#workspaceId)).items;
    this.#countedAt = -PACE_MS;
    this.recount();
  }

  /** Counts soon, and once for all that happens meanwhile. */
  recount(): void {
    if (this.#timer !== null) return;
    const wait = Math.max(0, this.#countedAt + PACE_MS - performance.now());
    this.#timer = setTimeout(() => void this.#count(), wait);
  }

  async #count(): Promise<void> {
    this.#countedAt = performance.now();
    this.#timer = null;
    try {
      const { pages, views: counted } = await views.counts(this.#workspaceId);
      this.#counts = new Map([...pages, ...counted].map(({ id, count, isMore }) => [id, { count, isMore }]));
    } catch {
      // The old numbers stay; the screen shows the error.
    }
  }
}

const known = new WeakMap<Desk, InboxViews>();

/** The same for the rail and the dialog of one desk. */
export function inboxViews(desk: Desk): InboxViews {
  const views = known.get(desk) ?? new InboxViews(desk.workspaceId);
  known.set(desk, views);
  return views;
}
