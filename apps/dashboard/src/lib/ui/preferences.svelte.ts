const STORED = "messagesender.preferences";

interface Stored {
  singleKeys: boolean;
  enterSends: boolean;
  railFolded: boolean;
  detailsShown: boolean;
  checklistHidden: boolean;
}

const DEFAULTS: Stored = {
  singleKeys: true,
  enterSends: true,
  railFolded: false,
  detailsShown: true,
  checklistHidden: false,
};

/** Choices of this person in this browser. */
class Preferences {
  #stored = $state<Stored>(read());

  get singleKeys(): boolean {
    return this.#stored.singleKeys;
  }
  set singleKeys(on: boolean) {
    this.#change({ singleKeys: on });
  }

  get enterSends(): boolean {
    return this.#stored.enterSends;
  }
  set enterSends(on: boolean) {
    this.#change({ enterSends: on });
  }

  get railFolded(): boolean {
    return this.#stored.railFolded;
  }
  set railFolded(on: boolean) {
    this.#change({ railFolded: on });
  }

  get detailsShown(): boolean {
    return this.#stored.detailsShown;
  }
  set detailsShown(on: boolean) {
    this.#change({ detailsShown: on });
  }

  get checklistHidden(): boolean {
    return this.#stored.checklistHidden;
  }
  set checklistHidden(on: boolean) {
    this.#change({ checklistHidden: on });
  }

  #change(part: Partial<Stored>): void {
    Object.assign(this.#stored, part);
    localStorage.setItem(STORED, JSON.stringify(this.#stored));
  }
}

function read(): Stored {
  const stored = { ...DEFAULTS };
  try {
    const found: Record<string, unknown> = JSON.parse(localStorage.getItem(STORED) ?? "{}");
    for (const key of [
      "singleKeys",
      "enterSends",
      "railFolded",
      "detailsShown",
      "checklistHidden",
    ] as const) {
      if (typeof found[key] === "boolean") stored[key] = found[key];
    }
  } catch {
    // A broken entry means the defaults; the next change writes a good one.
  }
  return stored;
}

export const preferences = new Preferences();
