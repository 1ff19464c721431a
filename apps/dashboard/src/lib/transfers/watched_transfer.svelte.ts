import type { Desk } from "../desk/desk.svelte.ts";
import { type Transfer, transfers } from "../api/transfers.ts";

const END = ["done", "failed", "undone"];
/** Asked again after so long without news, should the event stream be away. */
const QUIET_MS = 5000;

/** A running import, export or bulk action: live events, and the full result at the end. */
export class WatchedTransfer {
  readonly #desk: Desk;
  readonly #onend: (transfer: Transfer) => void;
  transfer = $state.raw<Transfer | null>(null);
  #stopListening: (() => void) | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(desk: Desk, onend: (transfer: Transfer) => void = () => {}) {
    this.#desk = desk;
    this.#onend = onend;
  }

  readonly isRunning = $derived(this.transfer?.status === "running");

  watch(transfer: Transfer): void {
    this.stop();
    this.transfer = transfer;
    if (transfer.status !== "running") return;
    this.#stopListening = this.#desk.transferNews.listen((news) => {
      if (news === null) return void this.#read();
      if (news.transferId !== transfer.id || !this.transfer) return;
      this.transfer = { ...this.transfer, counts: { ...this.transfer.counts, ...news.counts } };
      if (END.includes(news.status)) void this.#read();
      else this.#askLater();
    });
    void this.#read();
  }

  /** Removes the result from the screen. */
  dismiss(): void {
    this.stop();
    this.transfer = null;
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#stopListening?.();
    this.#stopListening = null;
  }

  #askLater(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#read(), QUIET_MS);
  }

  async #read(): Promise<void> {
    const id = this.transfer?.id;
    if (id === undefined || this.#stopListening === null) return;
    this.#askLater();
    try {
      const { transfer } = await transfers.get(this.#desk.workspaceId, id);
      if (this.#stopListening === null || this.transfer?.id !== id) return;
      this.transfer = transfer;
      if (!END.includes(transfer.status)) return;
      this.stop();
      this.#onend(transfer);
    } catch {
      // Asked again soon.
    }
  }
}
