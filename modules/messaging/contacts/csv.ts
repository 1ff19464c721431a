import { parse } from "csv-parse";
import { Readable } from "node:stream";
import { type Cell, harmless } from "./cells.ts";

const delimiters = [",", ";", "\t"] as const;
export type Delimiter = (typeof delimiters)[number];

/** What separates the cells of a file, by its first line: what occurs most outside of quotes. */
export function delimiterOf(head: string): Delimiter {
  const line = head.replace(/"[^"]*"/g, "").split(/\r?\n/, 1)[0] ?? "";
  const counted = delimiters.map((delimiter) => ({ delimiter, count: line.split(delimiter).length }));
  return counted.toSorted((a, b) => b.count - a.count)[0]?.delimiter ?? ",";
}

/** The records of a CSV file, one by one, read as they are asked for. Ragged and empty lines are allowed. */
export async function* readCsv(
  bytes: ReadableStream<Uint8Array>,
  { delimiter }: { delimiter: Delimiter },
): AsyncGenerator<string[]> {
  const records = parse({
    bom: true,
    delimiter,
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: true,
    // A quote that never ends would otherwise swallow the whole file.
    max_record_size: 100_000,
  });
  const source = Readable.from(bytes);
  source.on("error", (error) => records.destroy(error));
  source.pipe(records);
  for await (const record of records) yield record;
}

/** One line of a CSV file, harmless for the spreadsheet that opens it. */
export function csvLine(cells: readonly Cell[]): string {
  const line = cells.map((cell) => {
    if (cell === null) return "";
    if (typeof cell === "number") return String(cell);
    if (cell instanceof Date) return cell.toISOString();
    const text = harmless(typeof cell === "string" ? cell : cell.day);
    return /[",;\r\n\t]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  });
  return `${line.join(",")}\r\n`;
}

/** The bytes of a CSV file, made as they are asked for. The mark tells spreadsheets that this is UTF-8. */
export async function* writeCsv(
  batches: AsyncIterable<readonly Cell[][]>,
  columns: readonly string[],
): AsyncGenerator<Uint8Array> {
  yield Buffer.from(`\uFEFF${csvLine(columns)}`);
  for await (const rows of batches) yield Buffer.from(rows.map(csvLine).join(""));
}
