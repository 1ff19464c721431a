import { CsvError, parse } from "csv-parse";
import { pipeline, Readable } from "node:stream";
import { type Cell, harmless } from "./cells.ts";
import { readLines } from "./csv_text.ts";
import { problem } from "./problems.ts";

const delimiters = [",", ";", "\t"] as const;
export type Delimiter = (typeof delimiters)[number];

/** The separator of a file, from its first line: the most frequent one outside of quotes. */
export function delimiterOf(head: string): Delimiter {
  const line = head.replace(/"[^"]*"/g, "").split(/\r?\n/, 1)[0] ?? "";
  const counted = delimiters.map((delimiter) => ({ delimiter, count: line.split(delimiter).length }));
  return counted.toSorted((a, b) => b.count - a.count)[0]?.delimiter ?? ",";
}

/** A record longer than this is none: a quote that never ends would otherwise swallow the whole file. */
const longestRecord = 100_000;

/** One record of a CSV file, and the line of the file on which it begins. */
export interface CsvRecord {
  line: number;
  cells: string[];
}

/**
 * The records of a CSV file, one by one, read as they are asked for. Ragged and empty lines are allowed. Throws 422
 * `csv-unreadable`, which may come before the good records that stand shortly before the bad one.
 */
export async function* readCsv(
  bytes: ReadableStream<Uint8Array>,
  { delimiter }: { delimiter: Delimiter },
): AsyncGenerator<CsvRecord> {
  let nextLine = 1;
  // Of the records that were read ahead.
  const begins: number[] = [];
  const records = parse({
    bom: true,
    delimiter,
    relax_column_count: true,
    relax_quotes: true,
    max_record_size: longestRecord,
    // The parser itself counts a line that ends within quotes twice where lines end as those of Windows do.
    on_record(cells) {
      const isEmpty = cells.length === 1 && cells[0] === "";
      if (!isEmpty) begins.push(nextLine);
      nextLine += 1 + endsWithin(cells);
      return isEmpty ? null : cells;
    },
  });
  // If the reader stops, the reading of bytes stops too.
  pipeline(Readable.from(bytes.pipeThrough(readLines(longestRecord))), records, () => undefined);
  try {
    for await (const cells of records) yield { line: begins.shift() ?? nextLine, cells };
  } catch (error) {
    throw error instanceof CsvError ? unreadable(nextLine, error) : error;
  }
}

/** How many lines end inside of cells. */
function endsWithin(cells: readonly string[]): number {
  let ends = 0;
  for (const cell of cells)
    if (cell.includes("\n") || cell.includes("\r")) ends += cell.split(/\r\n|\r|\n/).length - 1;
  return ends;
}

const unreadable = (line: number, cause: Error) =>
  problem("csv-unreadable", { line, bytes: longestRecord }, { cause });

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
