const MOST = 5;

export interface Recent {
  name: string;
  /** What it is: Campaign, Contact. */
  kind: string;
  /** With its workspace. */
  href: string;
  /** Who opened it: another person who signs in does not see it. */
  userId: string;
}

/** What was opened from the palette, newest first. Only in memory: names of people are not left on the machine. */
class Recents {
  #all = $state.raw<readonly Recent[]>([]);

  add(recent: Recent): void {
    this.#all = [recent, ...this.#all.filter(({ href }) => href !== recent.href)].slice(0, 4 * MOST);
  }

  /** What a person opened in one workspace, by the beginning of its addresses. */
  of(userId: string, base: string): Recent[] {
    return this.#all.filter((one) => one.userId === userId && one.href.startsWith(base)).slice(0, MOST);
  }
}

export const recents = new Recents();
