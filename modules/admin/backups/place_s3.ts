import { type BackupFile, type Place, timeOfName } from "./place.ts";
import type { BackupPlace } from "./settings.ts";

/** What is sent at once; an object may have 10,000 such parts. */
const partBytes = 16 * 1024 * 1024;

/** Backups as objects of a bucket. An object is there when its last part has arrived, and never half. */
export function s3Place({ bucket, prefix, ...access }: Extract<BackupPlace, { kind: "s3" }>): Place {
  const client = new Bun.S3Client({ bucket, ...access });
  const folder = prefix === "" ? "" : `${prefix}/`;
  const at = (name: string) => `${folder}${name}`;

  async function list(): Promise<BackupFile[]> {
    const files: BackupFile[] = [];
    let after: string | undefined;
    for (;;) {
      const page = await client.list({
        prefix: folder,
        maxKeys: 1_000,
        ...(after ? { startAfter: after } : {}),
      });
      for (const { key, size } of page.contents ?? []) {
        const name = key.slice(folder.length);
        const madeAt = timeOfName(name);
        if (madeAt) files.push({ name, madeAt, bytes: size ?? 0 });
        after = key;
      }
      if (!page.isTruncated) return files.toSorted((a, b) => (a.name < b.name ? 1 : -1));
    }
  }

  return {
    list,
    open: (name) => client.file(at(name)).stream(),
    remove: (name) => client.delete(at(name)),
    async writeDraft(name, bytes) {
      const writer = client.file(at(name)).writer({ partSize: partBytes, queueSize: 2, retry: 3 });
      let waiting = 0;
      // When this fails the upload is left open, which makes no object. Bun's writer knows no way to take it back:
      // ending it, with an error too, would make half an object of it.
      for await (const piece of bytes) {
        writer.write(piece);
        waiting += piece.length;
        if (waiting < partBytes) continue;
        await writer.flush();
        waiting = 0;
      }
      await writer.end();
    },
    openDraft: (name) => client.file(at(name)).stream(),
    publish: async () => undefined,
    discard: (name) => client.delete(at(name)),
  };
}
