import { expect, test } from "vitest";
import { readCsv } from "./csv.ts";

/** A file without end, and whether somebody still holds it open. */
function endless() {
  const held = { isOpen: true };
  const bytes = new ReadableStream<Uint8Array>({
    async pull(out) {
      await Bun.sleep(1);
      out.enqueue(Buffer.from("Ann,ann@example.com\n".repeat(1_000)));
    },
    cancel() {
      held.isOpen = false;
    },
  });
  return { bytes, held };
}

test("readCsv() closes the file when reading stops, and after an unreadable record", async () => {
  const few = endless();
  let count = 0;
  for await (const _ of readCsv(few.bytes, { delimiter: "," })) {
    count += 1;
    if (count === 6) break;
  }
  await expect.poll(() => few.held.isOpen).toBe(false);

  const bad = endless();
  const opened = readCsv(bad.bytes.pipeThrough(quoted()), { delimiter: "," });
  const reading = (async () => {
    for await (const _ of opened);
  })();
  await expect(reading).rejects.toMatchObject({ code: "csv-unreadable" });
  await expect.poll(() => bad.held.isOpen).toBe(false);
});

/** A quote begins, and never ends. */
function quoted() {
  return new TransformStream<Uint8Array, Uint8Array>({
    start: (out) => out.enqueue(Buffer.from('"')),
  });
}
