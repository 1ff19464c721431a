import { Timeline } from "./timeline.svelte.ts";

const KEPT = 40;

/** Threads that were opened lately, so that going back to one is instant. */
export class TimelineCache {
  readonly #workspaceId: string;
  readonly #userId: string;
  readonly #onrefused: (conversationId: string, text: string) => void;
  readonly #timelines = new Map<string, Timeline>();

  /** `onrefused` gets the words of a reply that Meta refused because another app holds the conversation. */
  constructor(
    workspaceId: string,
    userId: string,
    { onrefused }: { onrefused: (conversationId: string, text: string) => void },
  ) {
    this.#workspaceId = workspaceId;
    this.#userId = userId;
    this.#onrefused = onrefused;
  }

  open(conversationId: string): Timeline {
    const timeline =
      this.#timelines.get(conversationId) ??
      new Timeline(this.#workspaceId, conversationId, {
        userId: this.#userId,
        onrefused: (text) => this.#onrefused(conversationId, text),
      });
    this.#timelines.delete(conversationId);
    this.#timelines.set(conversationId, timeline);
    for (const [id, old] of this.#timelines) {
      if (this.#timelines.size <= KEPT) break;
      if (old.pending.length === 0) this.#timelines.delete(id);
    }
    return timeline;
  }
}
