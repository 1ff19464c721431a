import { bulkDoing } from "./bulk_words.ts";
import { contactCount } from "../ui/contact_count.ts";
import { byteSize, plural, wholeNumber } from "../ui/format.ts";
import type { Transfer } from "../api/transfers.ts";

/** What a transfer is, in its list. */
export function transferTitle(transfer: Transfer): string {
  if (transfer.kind === "bulk") return bulkDoing(transfer.action, transfer.actionNames);
  return transfer.fileName === "" ? "Export" : transfer.fileName;
}

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
  if (undoneBy !== null && status === "running")
    return `Being taken back: ${contactCount(count("undone"))} so far`;
  if (status === "failed") return error ?? "It failed";
  if (status === "undone") return undoneBy === null ? "Taken back" : `Taken back by ${undoneBy}`;
  if (status === "uploaded") return "Uploaded and not started";
  if (kind === "export") return `${contactCount(count("written"))}${status === "running" ? " so far" : ""}`;
  if (kind === "bulk") {
    const changed = `${wholeNumber(count("changed"))} of ${contactCount(count("seen"))} changed`;
    return status === "running" ? `${changed} so far` : changed;
  }
  if (status === "running") {
    if (counts["applied"] !== undefined) {
      return `${wholeNumber(count("applied"))} of ${plural(count("read") - count("refused"), "line")} imported`;
    }
    return `Reading: ${byteSize(count("bytesRead"))} of ${byteSize(count("bytes"))}`;
  }
  if (segmentName !== null) return `Segment “${segmentName}”: ${fileLines(counts)}`;
  const parts = [`${wholeNumber(count("made"))} new`, `${wholeNumber(count("changed"))} known`];
  if (count("refused") > 0) parts.push(`${wholeNumber(count("refused"))} refused`);
  return `${isDryRun ? "Tried: " : ""}${parts.join(" · ")}`;
}

/** What became of the lines of a file that names the people of a segment. */
function fileLines({ matched = 0, unmatched = 0, refused = 0 }: Record<string, number>): string {
  const parts = [`${contactCount(matched)} found`];
  if (unmatched > 0) parts.push(`${plural(unmatched, "line")} of nobody here`);
  if (refused > 0) parts.push(`${plural(refused, "line")} refused`);
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
