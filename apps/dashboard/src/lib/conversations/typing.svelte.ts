import { SvelteMap } from "svelte/reactivity";

const SHOWN_MS = 8000;

/** Which colleagues write an answer right now, so that two do not answer the same person. */
export class ColleaguesTyping {
  readonly #names = new SvelteMap<string, string>();
  readonly #timers = new Map<string, ReturnType<typeof setTimeout>>();

  seen(conversationId: string, userId: string, name: string): void {
    const key = `${conversationId}:${userId}`;
    clearTimeout(this.#timers.get(key));
    this.#names.set(key, name);
    this.#timers.set(
      key,
      setTimeout(() => this.#forget(key), SHOWN_MS),
    );
  }

  /** Their reply has arrived, so they no longer write it. */
  stopped(conversationId: string): void {
    for (const key of this.#names.keys()) {
      if (key.startsWith(`${conversationId}:`)) this.#forget(key);
    }
  }

  in(conversationId: string): string[] {
    return [...this.#names].flatMap(([key, name]) => (key.startsWith(`${conversationId}:`) ? [name] : []));
  }

  #forget(key: string): void {
    clearTimeout(this.#timers.get(key));
    this.#timers.delete(key);
    this.#names.delete(key);
  }
}
