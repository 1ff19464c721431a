import { untrack } from "svelte";
import { type ConversationFilter, conversations } from "../api/conversations.ts";
import type { Conversation, ConversationCounts } from "../api/types.ts";
import { fillScreen, type Further } from "../ui/fill_screen.ts";
import { describeError, isGone } from "../api/request.ts";
import { belongs, EVERYTHING_OPEN, orderOf, toQuery } from "./conversation_filter.ts";

interface Loaded {
  ids: string[];
  nextCursor: string | null;
}

/** How far down a list that was lost sight of is read again; further down it is read when somebody goes there. */
const MOST_RELOADED = 200;
/** So many single rows are asked for; for more of them the list is. */
const MOST_SINGLE = 40;

/** The conversations that were seen so far, and the list that the present filter shows of them. */
export class ConversationList {
  readonly #workspaceId: string;
  readonly #userId: string;
  // One counter for the whole map: with 10,000 rows a signal for each of them costs more than it saves.
  readonly #known = new Map<string, Conversation>();
  #version = $state(0);
  readonly #lists = new Map<string, Loaded>();
  #loaded = $state.raw<Loaded | null>(null);
  #request: AbortController | null = null;
  #asked = 0;
  #countsAsked = 0;

  filter = $state.raw<ConversationFilter>(EVERYTHING_OPEN);
  counts = $state.raw<ConversationCounts | null>(null);
  isLoading = $state(false);
  further = $state<Further>("no");
  problem = $state<string | null>(null);
  /** The open conversation stays in the list while it is read, even when it stops matching "unread". */
  openId = $state<string | null>(null);

  readonly rows: Conversation[] = $derived.by(() => this.#rows());
  readonly isFirstLoad = $derived(this.#loaded === null && this.problem === null);
  readonly hasMore = $derived((this.#loaded?.nextCursor ?? null) !== null);

  constructor(workspaceId: string, userId: string) {
    this.#workspaceId = workspaceId;
    this.#userId = userId;
  }

  get(id: string): Conversation | null {
    void this.#version;
    return this.#known.get(id) ?? null;
  }

  setFilter(change: Partial<ConversationFilter>): void {
    const statusChanged = change.status !== undefined && change.status !== this.filter.status;
    this.filter = { ...this.filter, ...change };
    this.#loaded = this.#lists.get(this.#key()) ?? null;
    void this.#load(undefined);
    if (statusChanged) void this.loadCounts();
  }

  /** Loads the list again, as far down as it is shown; the rows stay until the answers arrive. */
  async reload(): Promise<void> {
    await this.#load(undefined, Math.min(this.#loaded?.ids.length ?? 0, MOST_RELOADED));
  }

  /** Applies many changes at once: the first page, and changed rows further down. */
  async refresh(changed: readonly string[]): Promise<void> {
    const key = this.#key();
    const had = this.#loaded;
    if (had === null) return await this.reload();
    const { items, nextCursor } = await conversations.list(this.#workspaceId, toQuery(this.filter));
    for (const one of items) this.#known.set(one.id, one);
    this.#changed();
    const top = new Set(items.map((one) => one.id));
    const shown = new Set([...had.ids, this.openId]);
    if (this.#loaded && key === this.#key()) {
      const further = this.#loaded.ids.filter((id) => !top.has(id));
      const end = further.length === 0 ? nextCursor : this.#loaded.nextCursor;
      this.#loaded = { ids: [...top, ...further], nextCursor: end };
      this.#lists.set(key, this.#loaded);
    }
    const isWhole = this.#loaded?.nextCursor === null;
    const missing = changed.filter((id) => !top.has(id) && (isWhole || shown.has(id)));
    if (missing.length > MOST_SINGLE) await this.reload();
    else await Promise.allSettled(missing.map((id) => this.loadOne(id)));
  }

  async loadMore(): Promise<void> {
    const cursor = this.#loaded?.nextCursor;
    if (!this.isLoading && cursor) await this.#load(cursor);
  }

  async loadCounts(): Promise<void> {
    const asked = ++this.#countsAsked;
    const status = this.filter.status;
    try {
      const counts = await conversations.counts(this.#workspaceId, status);
      if (asked === this.#countsAsked) this.counts = counts;
    } catch {
      // The tabs then keep their numbers; the list shows the error.
    }
  }

  /** Throws ApiError; one that is not there any more leaves the list. */
  async loadOne(id: string): Promise<Conversation> {
    try {
      const { conversation } = await conversations.get(this.#workspaceId, id);
      this.put(conversation);
      return conversation;
    } catch (error) {
      if (isGone(error)) this.forget(id);
      throw error;
    }
  }

  /** Reverts the rows of a failed change; a deleted conversation leaves the list. */
  takeBack(before: Conversation, error: unknown): void {
    if (isGone(error)) this.forget(before.id);
    else this.put(before);
  }

  forget(id: string): void {
    if (this.#known.delete(id)) this.#changed();
  }

  /** Takes a newer state of one conversation and moves it to where it now belongs. */
  put(changed: Conversation): void {
    // Matches of a search come only with its answer.
    const match = this.#known.get(changed.id)?.match;
    const conversation = match === undefined ? changed : { match, ...changed };
    this.#known.set(conversation.id, conversation);
    this.#changed();
    const loaded = this.#loaded;
    if (!loaded || this.filter.search.trim() !== "" || loaded.ids.includes(conversation.id)) return;
    if (!belongs(conversation, this.filter, this.#userId)) return;
    // Beyond the loaded rows the next page has it; in between it would break the order.
    const last = loaded.nextCursor === null ? null : this.get(loaded.ids.at(-1) ?? "");
    if (last && orderOf(this.filter)(conversation, last) > 0) return;
    this.#loaded = { ...loaded, ids: [...loaded.ids, conversation.id] };
    this.#lists.set(this.#key(), this.#loaded);
  }

  /** The row above or below one; from nowhere it is the first row. */
  neighbour(id: string | null, step: 1 | -1): Conversation | null {
    const index = this.rows.findIndex((row) => row.id === id);
    if (index === -1) return this.rows[0] ?? null;
    return this.rows[index + step] ?? null;
  }

  #rows(): Conversation[] {
    void this.#version;
    const ids = this.#loaded?.ids ?? [];
    const found = ids.flatMap((id) => this.#known.get(id) ?? []);
    if (this.filter.search.trim() !== "") return found;
    const shown = found.filter((one) => this.#isShown(one));
    return shown.toSorted(orderOf(this.filter));
  }

  #isShown(conversation: Conversation): boolean {
    if (belongs(conversation, this.filter, this.#userId)) return true;
    const isReadNow = this.filter.unreadOnly && conversation.id === this.openId;
    return isReadNow && belongs(conversation, { ...this.filter, unreadOnly: false }, this.#userId);
  }

  /** From the beginning or from a cursor, as many pages as a screen wants, or so many rows. */
  async #load(from: string | undefined, rows = 0): Promise<void> {
    const key = this.#key();
    const asked = ++this.#asked;
    const had = new Set(this.#loaded?.ids);
    const found: string[] = [];
    let cursor = from;
    this.isLoading = true;
    this.further = from !== undefined && this.further === "paused" ? "searching" : "no";
    await fillScreen(
      async () => {
        const answer = await this.#fetch(cursor);
        if (!answer || asked !== this.#asked) return null;
        found.push(...answer.ids);
        cursor = answer.nextCursor ?? undefined;
        const shown = this.#loaded?.ids ?? [];
        const isAll = found.length >= rows || cursor === undefined;
        // New rows stay, and so do rows further down until they are loaded again.
        const kept = isAll ? shown.filter((id) => !had.has(id)) : shown;
        const ids = from === undefined ? [...found, ...kept] : [...shown, ...found];
        this.#loaded = { ids: [...new Set(ids)], nextCursor: answer.nextCursor };
        this.#lists.set(key, this.#loaded);
        return { rows: answer.ids.length, hasMore: cursor !== undefined };
      },
      (further) => {
        // These rows are on the screen already.
        this.further = further === "searching" && rows > 0 ? "no" : further;
      },
      rows,
    );
    if (asked === this.#asked) this.isLoading = false;
  }

  async #fetch(cursor: string | undefined): Promise<Loaded | null> {
    this.#request?.abort();
    const request = new AbortController();
    this.#request = request;
    try {
      const query = cursor === undefined ? toQuery(this.filter) : { ...toQuery(this.filter), cursor };
      const answer = await conversations.list(this.#workspaceId, query, request.signal);
      for (const one of answer.items) this.#known.set(one.id, one);
      this.#changed();
      this.problem = null;
      return { ids: answer.items.map((one) => one.id), nextCursor: answer.nextCursor };
    } catch (error) {
      if (!request.signal.aborted) {
        this.problem = describeError(error);
        this.further = "no";
      }
      return null;
    }
  }

  #changed(): void {
    // Also called from effects, which must not depend on their own changes.
    this.#version = untrack(() => this.#version) + 1;
  }

  #key(): string {
    return JSON.stringify(this.filter);
  }
}
