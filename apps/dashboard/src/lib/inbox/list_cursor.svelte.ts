import { tick } from "svelte";
import { m } from "#lib/paraglide/messages.js";
import type { Binding } from "../ui/shortcuts.svelte.ts";
import type { ConversationList } from "../conversations/conversation_list.svelte.ts";
import type { Selection } from "./selection.svelte.ts";

interface CursorOptions {
  show: (index: number) => void;
  open: (id: string) => void;
}

/**
 * Moving through the list by keys. While no conversation is open, j and k move the focus and Enter opens; while one
 * is read, they open the next and the previous one. The arrows always move the focus only.
 */
export class ListCursor {
  readonly #list: ConversationList;
  readonly #options: CursorOptions;
  #focusedId = $state<string | null>(null);

  readonly tabStopId: string | null = $derived.by(() => {
    const rows = this.#list.rows;
    for (const id of [this.#focusedId, this.#list.openId]) {
      if (id !== null && rows.some((row) => row.id === id)) return id;
    }
    return rows[0]?.id ?? null;
  });

  constructor(list: ConversationList, options: CursorOptions) {
    this.#list = list;
    this.#options = options;
  }

  focused(id: string): void {
    this.#focusedId = id;
  }

  bindings(focusSearch: () => void, selection: Selection | null): Binding[] {
    const group = m.inbox_conversations();
    return [
      { keys: "j", name: m.inbox_next(), group, run: () => this.#move(1) },
      { keys: "k", name: m.inbox_previous(), group, run: () => this.#move(-1) },
      { keys: "Enter", name: m.ui_open(), group, run: () => this.#open() },
      { keys: "/", name: m.ui_search(), group, run: focusSearch },
      ...(selection
        ? [
            { keys: "x", name: m.ui_select(), group, run: () => this.#choose(selection) },
            { keys: "Escape", name: m.inbox_clear_selection(), group, run: () => selection.clear() },
          ]
        : []),
    ];
  }

  readonly onkeydown = (event: KeyboardEvent): void => {
    if (event.key === "ArrowDown") this.#focus(this.#focusedId, 1);
    else if (event.key === "ArrowUp") this.#focus(this.#focusedId, -1);
    else return;
    event.preventDefault();
  };

  #move(step: 1 | -1): void {
    const isInList = focusIsInList();
    const openId = this.#list.openId;
    if (openId === null) return this.#focus(isInList ? this.#focusedId : null, step);
    const next = this.#list.neighbour(openId, step);
    if (!next) return;
    if (isInList) this.#focus(openId, step);
    else this.#options.show(this.#list.rows.indexOf(next));
    this.#options.open(next.id);
  }

  /** The row that has the focus or is about to get it, else the conversation that is read. */
  #choose(selection: Selection): void {
    const isInList = focusIsInList();
    const id = (isInList ? this.#focusedId : this.#list.openId) ?? this.tabStopId;
    if (id === null) return;
    selection.toggle(id);
    // So that the next j goes on from it.
    if (!isInList && this.#list.openId === null) rowOf(id)?.focus();
  }

  #open(): void {
    const active = document.activeElement;
    const isElsewhere = active instanceof HTMLElement && active !== document.body && !focusIsInList();
    if (isElsewhere) active.click();
    else if (this.tabStopId !== null) this.#options.open(this.tabStopId);
  }

  #focus(from: string | null, step: 1 | -1): void {
    const next = this.#list.neighbour(from, step);
    if (!next) return;
    this.#focusedId = next.id;
    this.#options.show(this.#list.rows.indexOf(next));
    void tick().then(() => requestAnimationFrame(() => rowOf(next.id)?.focus()));
  }
}

function focusIsInList(): boolean {
  return Boolean(document.activeElement?.closest("[data-conversation]"));
}

function rowOf(id: string): HTMLElement | null {
  return document.querySelector<HTMLElement>(`[data-conversation="${CSS.escape(id)}"]`);
}
