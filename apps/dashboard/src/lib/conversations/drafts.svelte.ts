import { SvelteMap } from "svelte/reactivity";
import { DRAFTS } from "../ui/written.ts";

export type ComposerMode = "reply" | "note";

/** One person's drafts, per conversation; they survive a reload of the page. */
export class Drafts {
  readonly #prefix: string;
  readonly #texts = new SvelteMap<string, string>();

  /** A browser may be shared: drafts belong to one person. */
  constructor(userId: string) {
    this.#prefix = `${DRAFTS}${userId}.`;
  }

  get(conversationId: string, mode: ComposerMode): string {
    const key = `${mode}:${conversationId}`;
    return this.#texts.get(key) ?? localStorage.getItem(this.#prefix + key) ?? "";
  }

  set(conversationId: string, mode: ComposerMode, text: string): void {
    const key = `${mode}:${conversationId}`;
    this.#texts.set(key, text);
    if (text === "") localStorage.removeItem(this.#prefix + key);
    else keep(this.#prefix + key, text);
  }

  /** Gives the words of a reply back that was not sent, unless another one was begun. */
  restore(conversationId: string, text: string): void {
    if (!this.hasReply(conversationId)) this.set(conversationId, "reply", text);
  }

  hasReply(conversationId: string): boolean {
    return this.get(conversationId, "reply").trim() !== "";
  }
}

function keep(key: string, text: string): void {
  try {
    localStorage.setItem(key, text);
  } catch {
    // A browser that has no room for it: it is written all the same.
  }
}
