import { m } from "#lib/paraglide/messages.js";
interface KeyPress {
  key: string;
  /** The key by its place on a Latin keyboard: `KeyJ`. */
  code?: string;
  ctrlKey: boolean;
  metaKey: boolean;
  shiftKey: boolean;
  altKey: boolean;
}

/** A pressed key as bindings write it: `j`, `Shift+e`, `?`, `Mod+k`, `Mod+Shift+Enter`. Null while Alt is down. */
export function keyName(event: KeyPress): string | null {
  if (event.altKey) return null;
  const mod = event.ctrlKey || event.metaKey;
  const key = event.key.length === 1 ? latinOf(event).toLowerCase() : event.key;
  const isLetter = /^\p{L}$/u.test(key);
  // Shift is part of how a sign such as ? is typed, so it is named only with letters and named keys.
  const shift = event.shiftKey && (isLetter || key.length > 1);
  return `${mod ? "Mod+" : ""}${shift ? "Shift+" : ""}${key}`;
}

/** Bindings are Latin letters: on an Arabic or Cyrillic keyboard the key in the same place counts. */
function latinOf({ key, code = "" }: KeyPress): string {
  const isForeign = /^\p{L}$/u.test(key) && !/^\p{Script=Latin}$/u.test(key);
  return isForeign && /^Key[A-Z]$/.test(code) ? code.slice(3) : key;
}

/** The caps to draw for a binding: `Mod+Shift+Enter` is ⌘ ⇧ ↵ on a Mac and Ctrl Shift Enter elsewhere. */
export function keyCaps(binding: string, isMac: boolean): string[] {
  return binding.split(" ").flatMap((press) =>
    press.split("+").map((part) => {
      if (part === "Mod") return isMac ? "⌘" : "Ctrl";
      if (part === "Shift") return isMac ? "⇧" : m.ui_key_shift();
      if (part === "Enter") return isMac ? "↵" : m.ui_key_enter();
      return part.length === 1 ? part.toUpperCase() : part;
    }),
  );
}
