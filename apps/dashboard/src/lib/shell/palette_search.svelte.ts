import { contacts, conversations } from "../api.ts";
import type { Conversation, ListedContact } from "../api_types.ts";
import type { Desk } from "../desk.svelte.ts";
import { describeError } from "../request.ts";

const WAIT_MS = 120;
const FOUND_LIMIT = 6;

/** What the palette finds on the server while somebody types; only the newest question is answered. */
export class PaletteSearch {
  readonly #desk: Desk;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #asked = 0;

  text = $state("");
  isBusy = $state(false);
  problem = $state<string | null>(null);
  conversations = $state.raw<Conversation[]>([]);
  contacts = $state.raw<ListedContact[]>([]);

  constructor(desk: Desk) {
    this.#desk = desk;
  }

  set(text: string): void {
    this.text = text;
    clearTimeout(this.#timer);
    const asked = ++this.#asked;
    const search = text.trim();
    if (search.length < 2) {
      this.conversations = [];
      this.contacts = [];
      this.isBusy = false;
      return;
    }
    this.isBusy = true;
    this.#timer = setTimeout(() => void this.#find(search, asked), WAIT_MS);
  }

  async #find(search: string, asked: number): Promise<void> {
    const { workspaceId } = this.#desk;
    try {
      const [threads, people] = await Promise.all([
        conversations.list(workspaceId, { search, status: "all", limit: FOUND_LIMIT }),
        contacts.list(workspaceId, { search, limit: FOUND_LIMIT }),
      ]);
      if (asked !== this.#asked) return;
      this.conversations = threads.items;
      this.contacts = people.items;
      this.problem = null;
    } catch (error) {
      if (asked === this.#asked) this.problem = describeError(error);
    } finally {
      if (asked === this.#asked) this.isBusy = false;
    }
  }
}
