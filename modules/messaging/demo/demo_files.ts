import { sha256Hex } from "#std";
import { createFileAs } from "../media/mod.ts";
import { drawCup, pictureCount, writePdf } from "./pictures.ts";
import type { WantedFile } from "./write_customers.ts";

/** More than the demo ever writes. */
const mostFiles = 64;

/** Keys that are the same in each demo, so that files of one that was interrupted are found and removed. */
function keyOf(number: number): string {
  const hash = sha256Hex(`demo file ${number}`);
  return `${hash.slice(0, 2)}/${hash.slice(2, 32)}`;
}

export const demoFileKeys = Array.from({ length: mostFiles }, (_, number) => keyOf(number));

/** Hands out the files of one demo, and writes them when all are known. */
export function collectFiles() {
  const photos = Array.from({ length: pictureCount }, (_, number) => drawCup(number));
  const invoice = writePdf([
    "Fernhill Coffee Roasters",
    "",
    "1 x Harbour Blend, whole beans, 1 kg     32.00",
    "Delivery                                  3.50",
    "Total                                    35.50",
  ]);
  const wanted: WantedFile[] = [];
  const bytesOf = ({ kind, number }: WantedFile) =>
    kind === "photo" ? (photos[number % pictureCount] ?? invoice) : invoice;
  return {
    take(kind: WantedFile["kind"]): WantedFile & { bytes: number } {
      const number = wanted.length;
      const key = demoFileKeys[number];
      if (key === undefined) throw new Error(`Cannot invent a demo: it has more than ${mostFiles} files`);
      const file = { key, kind, number };
      wanted.push(file);
      return { ...file, bytes: bytesOf(file).byteLength };
    },
    async write(dataDir: string): Promise<void> {
      for (const file of wanted) {
        const written = await createFileAs(dataDir, file.key);
        try {
          await written.write(bytesOf(file));
        } catch (error) {
          await written.abandon();
          throw error;
        }
        await written.finish();
      }
    },
  };
}
