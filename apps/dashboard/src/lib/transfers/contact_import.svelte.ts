import { m } from "#lib/paraglide/messages.js";
import type { Desk } from "../desk/desk.svelte.ts";
import type { Labels } from "../labels/labels.svelte.ts";
import { describeError } from "../api/request.ts";
import { guessMapping, mappingProblem } from "./mapping.ts";
import { type Transfer, transfers, uploadContacts, type Uploaded } from "../api/transfers.ts";
import { WatchedTransfer } from "./watched_transfer.svelte.ts";

type Step = "file" | "mapping" | "trying" | "tried" | "running" | "done";

/** An import on its way: the file, what its columns become, a try that changes nothing, then for real. */
export class ContactImport {
  readonly #desk: Desk;
  readonly #labels: Labels;
  readonly watched: WatchedTransfer;

  step = $state<Step>("file");
  isBusy = $state(false);
  problem = $state<string | null>(null);
  uploaded = $state.raw<Uploaded | null>(null);
  mapping = $state<Record<string, string>>({});
  pageId = $state("");
  addTagIds = $state<string[]>([]);

  constructor(desk: Desk, labels: Labels) {
    this.#desk = desk;
    this.#labels = labels;
    this.watched = new WatchedTransfer(desk, (transfer) => this.#ended(transfer));
  }

  readonly mappingProblem = $derived(
    this.pageId === "" ? m.transfers_no_page() : mappingProblem(this.mapping),
  );

  async upload(file: File): Promise<void> {
    await this.#try(async () => {
      if (!this.#labels.isLoaded) await this.#labels.load();
      this.uploaded = await uploadContacts(this.#desk.workspaceId, file);
      this.mapping = guessMapping(this.uploaded.columns, this.#labels.fields);
      this.pageId ||= this.#onlyPage();
      this.step = "mapping";
    });
  }

  /** Goes on with a file that was uploaded before, where it was left. */
  async resume(transferId: string): Promise<void> {
    await this.#try(async () => {
      if (!this.#labels.isLoaded) await this.#labels.load();
      this.uploaded = await transfers.readImport(this.#desk.workspaceId, transferId);
      const { transfer, columns, chosen } = this.uploaded;
      this.mapping = chosen?.mapping ?? guessMapping(columns, this.#labels.fields);
      this.addTagIds = chosen?.addTagIds ?? [];
      this.pageId = chosen?.pageId ?? this.#onlyPage();
      if (transfer.status === "failed") this.problem = transfer.error;
      this.step = stepOf(transfer);
      if (this.step !== "mapping") this.watched.watch(transfer);
    });
  }

  async start({ dryRun }: { dryRun: boolean }): Promise<void> {
    const { uploaded } = this;
    if (!uploaded || this.mappingProblem !== null) return;
    await this.#try(async () => {
      const { transfer } = await transfers.startImport(this.#desk.workspaceId, uploaded.transfer.id, {
        mapping: Object.fromEntries(Object.entries(this.mapping).filter(([, target]) => target !== "")),
        pageId: this.pageId,
        dryRun,
        addTagIds: this.addTagIds,
      });
      this.step = dryRun ? "trying" : "running";
      this.watched.watch(transfer);
    });
  }

  back(): void {
    this.watched.dismiss();
    this.problem = null;
    this.step = "mapping";
  }

  restart(): void {
    this.watched.dismiss();
    this.uploaded = null;
    this.problem = null;
    this.step = "file";
  }

  #onlyPage(): string {
    const pages = this.#desk.pages ?? [];
    return pages.length === 1 ? (pages[0]?.id ?? "") : "";
  }

  #ended(transfer: Transfer): void {
    if (transfer.status === "failed") {
      this.problem = transfer.error ?? m.transfers_import_failed();
      this.step = "mapping";
      return;
    }
    this.step = this.step === "trying" ? "tried" : "done";
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

function stepOf({ status, isDryRun }: Transfer): Step {
  if (status === "uploaded" || status === "failed") return "mapping";
  if (status === "running") return isDryRun ? "trying" : "running";
  return isDryRun ? "tried" : "done";
}
