import { m } from "#lib/paraglide/messages.js";
import { toast } from "#lib/ui/toast.ts";
import type { Desk } from "../desk/desk.svelte.ts";
import { type Transfer, transfers } from "../api/transfers.ts";
import { WatchedTransfer } from "../transfers/watched_transfer.svelte.ts";

const SHOWN_MS = 15_000;

/** Says when a small export is ready, and offers its file. */
export function tellExport(desk: Desk, started: Transfer, name: string): void {
  const work = new WatchedTransfer(desk, (ended) => {
    if (!ended.hasFile) return void toast.error(ended.error ?? m.contacts_export_failed({ name }));
    toast.success(m.contacts_export_ready({ name }), {
      duration: SHOWN_MS,
      action: {
        label: m.contacts_download(),
        onClick: () => location.assign(transfers.fileUrl(desk.workspaceId, ended.id)),
      },
    });
  });
  work.watch(started);
}
