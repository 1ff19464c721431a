import { m } from "#lib/paraglide/messages.js";
import type { Desk } from "../../desk/desk.svelte.ts";
import { describeError } from "../../api/request.ts";
import { guessPsidColumn } from "../../transfers/mapping.ts";
import { type Transfer, transfers, uploadContacts, type Uploaded } from "../../api/transfers.ts";
import { WatchedTransfer } from "../../transfers/watched_transfer.svelte.ts";
import type { FileDraft } from "./draft.ts";

/** A CSV file on its way to being a campaign's audience: uploaded, its column chosen, its people found. */
export class FileContacts {
  readonly #desk: Desk;
  readonly #onfound: (found: FileDraft) => void;
  readonly watched: WatchedTransfer;

  uploaded = $state.raw<Uploaded | null>(null);
  column = $state("");
  name = $state("");
  isBusy = $state(false);
  problem = $state<string | null>(null);

  constructor(desk: Desk, onfound: (found: FileDraft) => void) {
    this.#desk = desk;
    this.#onfound = onfound;
    this.watched = new WatchedTransfer(desk, (transfer) => this.#ended(transfer));
  }

  async upload(file: File): Promise<void> {
    await this.#try(async () => {
      this.uploaded = await uploadContacts(this.#desk.workspaceId, file);
      const { columns, sample } = this.uploaded;
      this.column = guessPsidColumn(columns, sample);
      this.name = file.name.replace(/\.[a-z]+$/i, "").slice(0, 100);
    });
  }

  async find(): Promise<void> {
    const { uploaded, column, name } = this;
    if (!uploaded) return;
    await this.#try(async () => {
      const body = { column, name: name.trim() };
      this.watched.watch(
        (await transfers.makeSegment(this.#desk.workspaceId, uploaded.transfer.id, body)).transfer,
      );
    });
  }

  restart(): void {
    this.watched.dismiss();
    this.uploaded = null;
    this.problem = null;
  }

  stop(): void {
    this.watched.stop();
  }

  #ended(transfer: Transfer): void {
    const { id: transferId, segmentId, segmentName, fileName, counts, error } = transfer;
    if (segmentId === null || segmentName === null) {
      this.watched.dismiss();
      this.problem = error ?? m.campaigns_file_failed();
      return;
    }
    const { matched = 0, unmatched = 0, refused = 0 } = counts;
    this.restart();
    this.#onfound({ transferId, fileName, segmentId, segmentName, matched, unmatched, refused });
  }

  async #try(work: () => Promise<void>): Promise<void> {
    if (this.isBusy) return;
    this.isBusy = true;
    this.problem = null;
    try {
      await work();
    } catch (error) {
      this.problem = describeError(error);
    } finally {
      this.isBusy = false;
    }
  }
}
