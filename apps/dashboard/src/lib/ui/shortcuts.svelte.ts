import { untrack } from "svelte";
import { keyCaps, keyName } from "./key_names.ts";
import { preferences } from "./preferences.svelte.ts";

const SEQUENCE_MS = 1200;

export interface Binding {
  /** `j`, `Shift+e`, `Mod+k`, or a sequence such as `g i`. */
  keys: string;
  /** The effect of the key, for the list of shortcuts. */
  name: string;
  group: string;
  run: () => void;
}

/** All keys that work on the present screen. Screens add theirs while they are shown. */
class Shortcuts {
  #sets = $state.raw<readonly (readonly Binding[])[]>([]);
  #first: { key: string; at: number } | null = null;

  /** Adds the keys of one screen; the returned function takes them away. Later ones win. */
  add(bindings: readonly Binding[]): () => void {
    // Added from effects, which must not run again because of it.
    this.#sets = [...untrack(() => this.#sets), bindings];
    return () => {
      this.#sets = untrack(() => this.#sets).filter((one) => one !== bindings);
    };
  }

  get all(): Binding[] {
    return this.#sets.flat();
  }

  readonly onkeydown = (event: KeyboardEvent): void => {
    if (event.defaultPrevented || event.isComposing) return;
    const pressed = keyName(event);
    if (pressed === null) return;
    const plain = !pressed.startsWith("Mod+");
    if (plain && (!preferences.singleKeys || takesText(event.target) || isInsideLayer(event.target))) return;
    const binding = this.#match(pressed, event.timeStamp);
    if (!binding) return;
    event.preventDefault();
    binding.run();
  };

  #match(pressed: string, at: number): Binding | null {
    const all = this.all.toReversed();
    const first = this.#first;
    this.#first = null;
    if (first && at - first.at < SEQUENCE_MS) {
      const sequence = all.find((one) => one.keys === `${first.key} ${pressed}`);
      if (sequence) return sequence;
    }
    if (all.some((one) => one.keys.startsWith(`${pressed} `))) this.#first = { key: pressed, at };
    return all.find((one) => one.keys === pressed) ?? null;
  }
}

function takesText(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || target instanceof HTMLTextAreaElement) return true;
  return target instanceof HTMLInputElement && !["checkbox", "radio", "button"].includes(target.type);
}

function isInsideLayer(target: EventTarget | null): boolean {
  const layers = '[role="dialog"], [role="alertdialog"], [role="menu"], [role="listbox"][data-state]';
  return target instanceof Element && target.closest(layers) !== null;
}

export const shortcuts = new Shortcuts();

export const isMac = /Mac|iPhone|iPad/.test(navigator.platform);

export function caps(binding: string): string[] {
  return keyCaps(binding, isMac);
}
