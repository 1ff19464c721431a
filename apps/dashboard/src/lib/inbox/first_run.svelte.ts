type Step =
  | { is: "idle" }
  /** A test message is on its way; the next conversation opens with the phone beside it. */
  | { is: "waiting" }
  | { is: "shown"; conversationId: string };

/** The first exchange, begun in this window: the customer's messages, and the phone beside it. */
class FirstRun {
  #step = $state.raw<Step>({ is: "idle" });

  get isWaiting(): boolean {
    return this.#step.is === "waiting";
  }

  wait(): void {
    this.#step = { is: "waiting" };
  }

  showBeside(conversationId: string): void {
    this.#step = { is: "shown", conversationId };
  }

  isBeside(conversationId: string): boolean {
    return this.#step.is === "shown" && this.#step.conversationId === conversationId;
  }

  end(): void {
    this.#step = { is: "idle" };
  }
}

export const firstRun = new FirstRun();
