import { answer, inWorkspace } from "../api/client.ts";
import { contacts } from "../api/contacts.ts";
import { conversations } from "../api/conversations.ts";
import type { Conversation, ListedContact } from "../api/types.ts";
import type { Desk } from "../desk/desk.svelte.ts";
import { describeError } from "../api/request.ts";

const WAIT_MS = 120;
const FOUND_LIMIT = 6;
const NAMED_LIMIT = 4;

/** Something with a name and a screen of its own. */
export interface NamedThing {
  id: string;
  name: string;
  path: string;
}

export type NamedKind = "campaign" | "sequence" | "segment" | "template";

interface Asked {
  limit: number;
  search: string;
}

interface Finder {
  kind: NamedKind;
  path: string;
  needs: string;
  find: (workspaceId: string, query: Asked) => Promise<{ items: readonly { id: string; name: string }[] }>;
}

const FINDERS: readonly Finder[] = [
  {
    kind: "campaign",
    path: "/campaigns",
    needs: "campaigns:read",
    find: (id, query) => answer(inWorkspace(id).campaigns.get({ query })),
  },
  {
    kind: "sequence",
    path: "/sequences",
    needs: "campaigns:read",
    find: (id, query) => answer(inWorkspace(id).sequences.get({ query })),
  },
  {
    kind: "segment",
    path: "/segments",
    needs: "contacts:read",
    find: (id, query) => answer(inWorkspace(id).segments.get({ query })),
  },
  {
    kind: "template",
    path: "/templates",
    needs: "campaigns:read",
    find: (id, query) => answer(inWorkspace(id).templates.get({ query })),
  },
];

export interface NamedGroup {
  kind: NamedKind;
  things: NamedThing[];
}

/** Results of the server while a person types; only the newest query is answered. */
export class PaletteSearch {
  readonly #desk: Desk;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #asked = 0;

  text = $state("");
  isBusy = $state(false);
  problem = $state<string | null>(null);
  conversations = $state.raw<Conversation[]>([]);
  contacts = $state.raw<ListedContact[]>([]);
  named = $state.raw<NamedGroup[]>([]);

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
      this.named = [];
      this.isBusy = false;
      return;
    }
    this.isBusy = true;
    this.#timer = setTimeout(() => void this.#find(search, asked), WAIT_MS);
  }

  async #find(search: string, asked: number): Promise<void> {
    this.problem = null;
    const isNewest = () => asked === this.#asked;
    // Each group appears as soon as it is known, and one that fails leaves the others.
    const found = await Promise.allSettled([
      this.#findConversations(search, isNewest),
      this.#findContacts(search, isNewest),
      this.#findAllNamed(search, isNewest),
    ]);
    if (!isNewest()) return;
    const failed = found.find((one) => one.status === "rejected");
    if (failed) this.problem = describeError(failed.reason);
    this.isBusy = false;
  }

  async #findConversations(search: string, isNewest: () => boolean): Promise<void> {
    const query = { search, status: "all", limit: FOUND_LIMIT } as const;
    const { items } = await conversations.list(this.#desk.workspaceId, query);
    if (isNewest()) this.conversations = items;
  }

  async #findContacts(search: string, isNewest: () => boolean): Promise<void> {
    const { items } = await contacts.list(this.#desk.workspaceId, { search, limit: FOUND_LIMIT });
    if (isNewest()) this.contacts = items;
  }

  async #findAllNamed(search: string, isNewest: () => boolean): Promise<void> {
    const finders = FINDERS.filter(({ needs }) => this.#desk.can(needs));
    const groups = await Promise.all(finders.map((finder) => this.#findNamed(finder, search)));
    if (isNewest()) this.named = groups.filter(({ things }) => things.length > 0);
  }

  async #findNamed({ kind, path, find }: Finder, search: string): Promise<NamedGroup> {
    // Names are shorter than what may be typed here.
    const query = { search: search.slice(0, 100), limit: NAMED_LIMIT };
    const { items } = await find(this.#desk.workspaceId, query);
    return { kind, things: items.map(({ id, name }) => ({ id, name, path: `${path}/${id}` })) };
  }
}
