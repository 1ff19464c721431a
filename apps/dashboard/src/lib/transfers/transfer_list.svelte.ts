import type { Desk } from "../desk/desk.svelte.ts";
import { PagedList } from "../ui/paged_list.svelte.ts";
import { type Transfer, transfers } from "../api/transfers.ts";

/** Imports, exports and bulk actions, kept fresh by the event stream. */
export class TransferList {
  readonly #desk: Desk;
  readonly transfers: PagedList<Transfer>;

  constructor(desk: Desk) {
    this.#desk = desk;
    this.transfers = new PagedList((page) => transfers.list(desk.workspaceId, page));
  }

  start(): () => void {
    void this.transfers.reload();
    return this.#desk.transferNews.listen((news) => {
      const known = news && this.transfers.items.find((one) => one.id === news.transferId);
      if (!known) return void this.transfers.reload();
      // The end brings files and times that the news does not have.
      if (news.status !== "running") void this.#read(known.id);
      else this.put({ ...known, counts: { ...known.counts, ...news.counts } });
    });
  }

  put(transfer: Transfer): void {
    this.transfers.items = this.transfers.items.map((one) => (one.id === transfer.id ? transfer : one));
  }

  async #read(id: string): Promise<void> {
    this.put((await transfers.get(this.#desk.workspaceId, id)).transfer);
  }
}
