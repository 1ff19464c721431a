import { SvelteSet } from "svelte/reactivity";

/** Which contacts are picked: some of the rows, or everybody whom the filter finds. */
export class Picked {
  readonly ids = new SvelteSet<string>();
  isWhole = $state(false);

  has(id: string): boolean {
    return this.isWhole || this.ids.has(id);
  }

  /** Taking one out of the whole result leaves the rows that are loaded, without it. */
  toggle(id: string, loaded: readonly string[]): void {
    if (this.isWhole) {
      this.isWhole = false;
      this.#only(loaded);
    }
    if (!this.ids.delete(id)) this.ids.add(id);
  }

  toggleLoaded(loaded: readonly string[]): void {
    const hasAll = this.isWhole || loaded.every((id) => this.ids.has(id));
    this.clear();
    if (!hasAll) this.#only(loaded);
  }

  clear(): void {
    this.isWhole = false;
    this.ids.clear();
  }

  #only(ids: readonly string[]): void {
    this.ids.clear();
    for (const id of ids) this.ids.add(id);
  }
}
