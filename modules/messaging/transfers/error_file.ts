import { createFile, type NewFile } from "../media/mod.ts";
import { csvLine } from "../sheets/mod.ts";
import { type Sentence } from "#std";

/** Lines of a file that were refused, each with its reason, as CSV. End it by `finish` or `abandon`. */
export interface ErrorFile {
  add(line: number, cells: readonly string[], reason: Sentence): Promise<void>;
  count(): number;
  /** Its key; null when nothing was refused. */
  finish(): Promise<string | null>;
  abandon(): Promise<void>;
}

/** Begins the file of refused lines of a file with these columns; nothing is written before the first one. */
export function createErrorFile(dataDir: string, columns: readonly string[]): ErrorFile {
  let file: NewFile | null = null;
  let count = 0;
  let waiting = "";
  const encoder = new TextEncoder();

  async function flush(): Promise<void> {
    file ??= await createFile(dataDir);
    await file.write(encoder.encode(waiting));
    waiting = "";
  }

  return {
    async add(line, cells, reason) {
      if (count === 0) waiting = `\uFEFF${csvLine(["line", "reason", "code", ...columns])}`;
      count += 1;
      waiting += csvLine([line, reason.text, reason.code, ...columns.map((_, place) => cells[place] ?? "")]);
      if (waiting.length > 65_536) await flush();
    },
    count: () => count,
    async finish() {
      if (count === 0) return null;
      await flush();
      return (await file?.finish()) ?? null;
    },
    async abandon() {
      await file?.abandon();
    },
  };
}
