import { SvelteMap } from "svelte/reactivity";

export type ComposerMode = "reply" | "note";

const PREFIX = "messagesender.draft.";

/** Unsent text per conversation; it survives a reload of the page. */
export class Drafts {
  readonly #texts = new SvelteMap<string, string>();

  get(conversationId: string, mode: ComposerMode): string {
    const key = `${mode}:${conversationId}`;
    return this.#texts.get(key) ?? localStorage.getItem(PREFIX + key) ?? "";
  }

  set(conversationId: string, mode: ComposerMode, text: string): void {
    const key = `${mode}:${conversationId}`;
    this.#texts.set(key, text);
    if (text === "") localStorage.removeItem(PREFIX + key);
    else localStorage.setItem(PREFIX + key, text);
  }

  hasReply(conversationId: string): boolean {
    return this.get(conversationId, "reply").trim() !== "";
  }
}
