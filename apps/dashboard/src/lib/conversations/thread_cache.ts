import { Thread } from "./thread.svelte.ts";

const KEPT = 40;

/** Threads that were opened lately, so that going back to one is instant. */
export class ThreadCache {
  readonly #workspaceId: string;
  readonly #userId: string;
  readonly #onrefused: (conversationId: string, text: string) => void;
  readonly #threads = new Map<string, Thread>();

  /** `onrefused` gets the words of a reply that Meta refused because another app holds the thread. */
  constructor(
    workspaceId: string,
    userId: string,
    { onrefused }: { onrefused: (conversationId: string, text: string) => void },
  ) {
    this.#workspaceId = workspaceId;
    this.#userId = userId;
    this.#onrefused = onrefused;
  }

  open(conversationId: string): Thread {
    const thread =
      this.#threads.get(conversationId) ??
      new Thread(this.#workspaceId, conversationId, {
        userId: this.#userId,
        onrefused: (text) => this.#onrefused(conversationId, text),
      });
    this.#threads.delete(conversationId);
    this.#threads.set(conversationId, thread);
    for (const [id, old] of this.#threads) {
      if (this.#threads.size <= KEPT) break;
      if (old.pending.length === 0) this.#threads.delete(id);
    }
    return thread;
  }
}
