import { m } from "#lib/paraglide/messages.js";
import { toast } from "#lib/ui/toast.ts";
import { describeError } from "../api/request.ts";
import { mentionItems, variableItems, variableValue } from "./composer_pickers.ts";
import type { ConversationScreen } from "./conversation_screen.svelte.ts";
import { type Choice, choicesFor, openTag, type OpenTag } from "./inline_choice.ts";

type Moved = Event & { currentTarget: HTMLTextAreaElement };

interface Field {
  screen: () => ConversationScreen;
  /** Whether variables may be put in. */
  mayInsert: () => boolean;
  text: () => string;
  /** Puts text in place of what stands from `start` to the caret. */
  replace: (start: number, part: string) => Promise<void>;
}

/** Choices while a variable or a name is typed. The caret stays in the text, so no key is lost. */
export class InlineChoices {
  readonly #field: Field;
  #variables = $state.raw<readonly Choice[] | null>(null);
  #isAsked = false;
  caret = $state(0);
  active = $state(0);
  /** The tag that was closed by Escape, or by leaving the field. */
  #closed = $state<number | null>(null);

  readonly tag: OpenTag | null = $derived.by(() => {
    const { mayInsert } = this.#field;
    if (this.#screen.mode === "reply" && !mayInsert()) return null;
    const found = this.#tagAt(this.caret);
    return found?.start === this.#closed ? null : found;
  });
  readonly choices: Choice[] = $derived.by(() => {
    if (this.tag === null) return [];
    const { desk } = this.#screen;
    const all = this.tag.kind === "variable" ? this.#variables : mentionItems(desk.members, desk.user.id);
    return choicesFor(all ?? [], this.tag.query);
  });

  constructor(field: Field) {
    this.#field = field;
  }

  get #screen(): ConversationScreen {
    return this.#field.screen();
  }

  #tagAt(caret: number): OpenTag | null {
    return openTag(this.#field.text().slice(0, caret), this.#screen.mode);
  }

  /** Attributes of the text field, so choices follow its caret and are read out; `id` is that of their list. */
  fieldProps(id: string) {
    const onmoved = (event: Moved) => this.moved(event.currentTarget.selectionStart);
    const isOpen = this.choices.length > 0;
    return {
      onselect: onmoved,
      onkeyup: onmoved,
      onclick: onmoved,
      onblur: () => this.close(),
      "aria-autocomplete": "list" as const,
      "aria-controls": isOpen ? id : undefined,
      "aria-activedescendant": isOpen ? `${id}-${this.active}` : undefined,
    };
  }

  /** Called whenever the text or the caret changed. */
  moved(caret: number): void {
    if (caret !== this.caret) this.active = 0;
    this.caret = caret;
    if (this.#tagAt(caret) === null) this.#closed = null;
    if (this.tag?.kind === "variable") void this.#load();
  }

  close(): void {
    this.#closed = this.tag?.start ?? this.#closed;
  }

  /** Whether the key belonged to the choices. */
  onkeydown(event: KeyboardEvent): boolean {
    const count = this.choices.length;
    if (count === 0 || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return false;
    const chosen = this.choices[this.active];
    if (event.key === "ArrowDown") this.active = (this.active + 1) % count;
    else if (event.key === "ArrowUp") this.active = (this.active + count - 1) % count;
    else if (event.key === "Escape") this.close();
    else if ((event.key === "Enter" || event.key === "Tab") && !event.shiftKey && chosen)
      void this.pick(chosen);
    else return false;
    event.preventDefault();
    event.stopPropagation();
    return true;
  }

  async pick(choice: Choice): Promise<void> {
    const { tag } = this;
    if (tag === null) return;
    this.close();
    try {
      const { workspaceId } = this.#screen.desk;
      const contactId = this.#screen.id;
      const said =
        tag.kind === "mention"
          ? choice.value
          : await variableValue(workspaceId, { key: choice.value, contactId });
      if (said === null) toast.error(m.inbox_variable_unknown_named({ name: choice.name }));
      else await this.#field.replace(tag.start, said);
    } catch (error) {
      toast.error(describeError(error));
    }
  }

  async #load(): Promise<void> {
    if (this.#isAsked) return;
    this.#isAsked = true;
    try {
      this.#variables = await variableItems(this.#screen.desk.workspaceId);
    } catch {
      // Only a suggestion: the typed text stays, and the next tag asks again.
      this.#isAsked = false;
    }
  }
}
