import { m } from "#lib/paraglide/messages.js";
import { toast } from "#lib/ui/toast.ts";
import { Attempt } from "../ui/attempt.svelte.ts";
import type { Desk } from "../desk/desk.svelte.ts";
import { describeError } from "../api/request.ts";
import { type Transfer, transfers } from "../api/transfers.ts";
import { bulkDone } from "../transfers/bulk_words.ts";
import { filterBody, type ListFilter } from "./contact_filter.ts";
import { type BulkAction, contactChanges } from "../api/contacts.ts";
import type { Picked } from "./picked.svelte.ts";

/** The server takes so many picked contacts at once. */
const AT_ONCE = 1000;
const UNDO_MS = 6000;

interface Whom {
  picked: Picked;
  filter: ListFilter;
}

/** One action to the picked contacts at once, or to a filter's whole result by a job that is watched. */
export class Bulk {
  readonly #desk: Desk;
  readonly #onstarted: (transfer: Transfer) => void;
  readonly #attempt = new Attempt();

  constructor(desk: Desk, onstarted: (transfer: Transfer) => void) {
    this.#desk = desk;
    this.#onstarted = onstarted;
  }

  get isBusy(): boolean {
    return this.#attempt.isBusy;
  }

  /** True when it was done or has begun. */
  async run(action: BulkAction, { picked, filter }: Whom): Promise<boolean> {
    if (this.isBusy) return false;
    return await this.#attempt.run(() =>
      picked.isWhole ? this.#whole(action, filter) : this.#picked(action, [...picked.ids]),
    );
  }

  /** Takes a finished action back, by a job that is watched. */
  async undo(done: readonly Transfer[]): Promise<void> {
    try {
      for (const { id } of done) this.#onstarted((await transfers.undo(this.#desk.workspaceId, id)).transfer);
    } catch (error) {
      toast.error(describeError(error));
    }
  }

  async #whole(action: BulkAction, filter: ListFilter): Promise<void> {
    const { transfer } = await contactChanges.bulkWhole(this.#desk.workspaceId, filterBody(filter), action);
    this.#onstarted(transfer);
  }

  async #picked(action: BulkAction, ids: string[]): Promise<void> {
    let changed = 0;
    const undoable: Transfer[] = [];
    for (let from = 0; from < ids.length; from += AT_ONCE) {
      const some = ids.slice(from, from + AT_ONCE);
      const done = await contactChanges.bulkPicked(this.#desk.workspaceId, some, action);
      changed += done.changed;
      if (done.transfer.undoUntil !== null) undoable.push(done.transfer);
    }
    toast.success(bulkDone(nameOf(action), changed), {
      duration: UNDO_MS,
      ...(undoable.length > 0 && { action: { label: m.ui_undo(), onClick: () => void this.undo(undoable) } }),
    });
  }
}

function nameOf(action: BulkAction): string {
  return Object.keys(action)[0] ?? "";
}
