/** Passes live events to the screens that listen. */
export class News<Facts> {
  readonly #listeners = new Set<(facts: Facts | null) => void>();

  /** `hear` gets null when something may have been missed. The returned function ends it. */
  listen(hear: (facts: Facts | null) => void): () => void {
    this.#listeners.add(hear);
    return () => this.#listeners.delete(hear);
  }

  tell(facts: Facts | null): void {
    for (const hear of this.#listeners) hear(facts);
  }
}
