import { m } from "#lib/paraglide/messages.js";

export interface ArrivalsOptions {
  /** Null for a conversation that is not on this screen. */
  nameOf: (id: string) => string | null;
  say: (words: string) => void;
  /** How long the name of somebody new is waited for. */
  waitMs?: number;
}

/** The server's name of a contact until Meta returns the real one. */
const withoutName = "Messenger user ·";

/** Says who wrote. The name of somebody new comes from Meta a moment after their first message. */
export class Arrivals {
  readonly #options: ArrivalsOptions;
  readonly #ids = new Set<string>();
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(options: ArrivalsOptions) {
    this.#options = options;
  }

  add(id: string): void {
    this.#ids.add(id);
  }

  /** Says the names that are known; the others follow when they are, or after the wait without. */
  announce(isLast = false): void {
    const names: string[] = [];
    for (const id of this.#ids) {
      const name = this.#options.nameOf(id);
      if (!isLast && name?.startsWith(withoutName)) continue;
      this.#ids.delete(id);
      if (name !== null) names.push(name);
    }
    if (names.length > 0) this.#options.say(m.desk_new_message_from({ names: names.join(", ") }));
    clearTimeout(this.#timer);
    if (this.#ids.size > 0)
      this.#timer = setTimeout(() => this.announce(true), this.#options.waitMs ?? 3_000);
  }

  stop(): void {
    clearTimeout(this.#timer);
  }
}
