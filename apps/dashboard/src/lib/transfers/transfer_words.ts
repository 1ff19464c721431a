import { m } from "#lib/paraglide/messages.js";
import { bulkDoing } from "./bulk_words.ts";
import { contactCount } from "../ui/contact_count.ts";
import { byteSize, wholeNumber } from "../ui/format.ts";
import type { Transfer } from "../api/transfers.ts";

/** The name of a transfer in its list. */
export function transferTitle(transfer: Transfer): string {
  if (transfer.kind === "bulk") return bulkDoing(transfer.action, transfer.actionNames);
  return transfer.fileName === "" ? m.transfers_kind_export() : transfer.fileName;
}

const many = (count: number) => ({ count, shown: wholeNumber(count) });

/** How far it is, or what became of it. */
export function transferState({
  kind,
  status,
  counts,
  isDryRun,
  error,
  undoneBy,
  segmentName,
}: Transfer): string {
  const count = (name: string): number => counts[name] ?? 0;
  if (undoneBy !== null && status === "running") return m.transfers_undoing(many(count("undone")));
  if (status === "failed") return error ?? m.transfers_failed();
  if (status === "undone")
    return undoneBy === null ? m.transfers_undone() : m.transfers_undone_by({ name: undoneBy });
  if (status === "uploaded") return m.transfers_uploaded();
  if (kind === "export") {
    const written = count("written");
    return status === "running" ? m.transfers_written_so_far(many(written)) : contactCount(written);
  }
  if (kind === "bulk") {
    const changed = { ...many(count("seen")), changed: wholeNumber(count("changed")) };
    return status === "running"
      ? m.transfers_bulk_changed_so_far(changed)
      : m.transfers_bulk_changed(changed);
  }
  if (status === "running") {
    if (counts["applied"] !== undefined) {
      const rows = many(count("read") - count("refused"));
      return m.transfers_rows_imported({ ...rows, applied: wholeNumber(count("applied")) });
    }
    return m.transfers_reading({ read: byteSize(count("bytesRead")), total: byteSize(count("bytes")) });
  }
  if (segmentName !== null)
    return m.transfers_segment_outcome({ name: segmentName, outcome: fileLines(counts) });
  const parts = [
    m.transfers_new({ shown: wholeNumber(count("made")) }),
    m.transfers_updated({ shown: wholeNumber(count("changed")) }),
  ];
  if (count("refused") > 0) parts.push(m.transfers_rejected({ shown: wholeNumber(count("refused")) }));
  const outcome = parts.join(" · ");
  return isDryRun ? m.transfers_checked({ outcome }) : outcome;
}

/** Results of the lines of a file with the contacts of a segment. */
function fileLines({ matched = 0, unmatched = 0, refused = 0 }: Record<string, number>): string {
  const parts = [m.transfers_found(many(matched))];
  if (unmatched > 0) parts.push(m.transfers_rows_unmatched(many(unmatched)));
  if (refused > 0) parts.push(m.transfers_rows_rejected(many(refused)));
  return parts.join(" · ");
}

/** How much is done, from 0 to 1; null where the end is not known. */
export function transferPart({ kind, counts, undoneBy }: Transfer, total: number | null): number | null {
  const count = (name: string): number => counts[name] ?? 0;
  if (undoneBy !== null) {
    const changed = count("changed") + count("made");
    return changed === 0 ? null : Math.min(1, count("undone") / changed);
  }
  if (kind === "import") {
    const lines = count("read") - count("refused");
    if (counts["applied"] !== undefined && lines > 0) return 0.5 + (0.5 * count("applied")) / lines;
    return count("bytes") === 0 ? null : (0.5 * count("bytesRead")) / count("bytes");
  }
  if (total === null || total === 0) return null;
  return Math.min(1, count(kind === "bulk" ? "seen" : "written") / total);
}
