const MOST = 5;

export interface Recent {
  name: string;
  /** Its kind: Campaign, Contact. */
  kind: string;
  /** With its workspace. */
  href: string;
  /** The person who opened it: others do not see it. */
  userId: string;
}

/** Items that were opened from the palette, newest first. Only in memory, so no names stay on the machine. */
class Recents {
  #all = $state.raw<readonly Recent[]>([]);

  add(recent: Recent): void {
    this.#all = [recent, ...this.#all.filter(({ href }) => href !== recent.href)].slice(0, 4 * MOST);
  }

  /** A person's recent items in one workspace, by the beginning of its addresses. */
  of(userId: string, base: string): Recent[] {
    return this.#all.filter((one) => one.userId === userId && one.href.startsWith(base)).slice(0, MOST);
  }
}

export const recents = new Recents();
