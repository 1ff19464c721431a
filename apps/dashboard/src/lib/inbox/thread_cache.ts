import { Thread } from "./thread.svelte.ts";

const KEPT = 40;

/** Threads that were opened lately, so that going back to one is instant. */
export class ThreadCache {
  readonly #workspaceId: string;
  readonly #userId: string;
  readonly #threads = new Map<string, Thread>();

  constructor(workspaceId: string, userId: string) {
    this.#workspaceId = workspaceId;
    this.#userId = userId;
  }

  open(conversationId: string): Thread {
    const thread =
      this.#threads.get(conversationId) ?? new Thread(this.#workspaceId, conversationId, this.#userId);
    this.#threads.delete(conversationId);
    this.#threads.set(conversationId, thread);
    for (const [id, old] of this.#threads) {
      if (this.#threads.size <= KEPT) break;
      if (old.pending.length === 0) this.#threads.delete(id);
    }
    return thread;
  }
}
