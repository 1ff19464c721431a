const STORED = "messagesender.preferences";

interface Stored {
  singleKeys: boolean;
  enterSends: boolean;
  railFolded: boolean;
  detailsShown: boolean;
  checklistHidden: boolean;
  desktopNotices: boolean;
  noticeSound: boolean;
}

const DEFAULTS: Stored = {
  singleKeys: true,
  enterSends: true,
  railFolded: false,
  detailsShown: true,
  checklistHidden: false,
  desktopNotices: false,
  noticeSound: false,
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

  get desktopNotices(): boolean {
    return this.#stored.desktopNotices;
  }
  set desktopNotices(on: boolean) {
    this.#change({ desktopNotices: on });
  }

  get noticeSound(): boolean {
    return this.#stored.noticeSound;
  }
  set noticeSound(on: boolean) {
    this.#change({ noticeSound: on });
  }

  constructor() {
    // Chosen in another tab.
    window.addEventListener("storage", ({ key }) => {
      if (key === STORED) Object.assign(this.#stored, read());
    });
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
    let key: keyof Stored;
    for (key in DEFAULTS) {
      const chosen = found[key];
      if (typeof chosen === "boolean") stored[key] = chosen;
    }
  } catch {
    // A broken entry means the defaults; the next change writes a good one.
  }
  return stored;
}

export const preferences = new Preferences();
