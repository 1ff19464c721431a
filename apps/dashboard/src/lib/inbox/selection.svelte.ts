import { toast } from "#lib/ui/toast.ts";
import { SvelteSet } from "svelte/reactivity";
import { m } from "#lib/paraglide/messages.js";
import type { Conversation } from "../api/types.ts";
import type { ConversationList } from "../conversations/conversation_list.svelte.ts";

/** As many as the server changes at once. */
const MOST = 200;

/** The conversations of the list that are chosen for a common change. */
export class Selection {
  readonly #list: ConversationList;
  readonly #ids = new SvelteSet<string>();
  /** Boxes are shown at each row, also before the first is chosen. */
  isOn = $state(false);

  /** Selected and still visible ones: hidden ones are not changed by accident. */
  readonly rows: Conversation[] = $derived.by(() =>
    this.#ids.size === 0 ? [] : this.#list.rows.filter((row) => this.#ids.has(row.id)),
  );

  constructor(list: ConversationList) {
    this.#list = list;
  }

  has(id: string): boolean {
    return this.#ids.has(id);
  }

  toggle(id: string): void {
    if (!this.#ids.delete(id)) {
      if (this.#ids.size >= MOST) return void toast.error(m.inbox_selection_limit({ limit: MOST }));
      this.#ids.add(id);
    }
    this.isOn = this.#ids.size > 0;
  }

  all(): void {
    this.#ids.clear();
    for (const { id } of this.#list.rows.slice(0, MOST)) this.#ids.add(id);
    this.isOn = true;
  }

  clear(): void {
    this.#ids.clear();
    this.isOn = false;
  }
}
