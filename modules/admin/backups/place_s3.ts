import { type BackupFile, type Place, timeOfName } from "./place.ts";
import { s3Problem } from "./s3_problem.ts";
import type { BackupPlace } from "./settings.ts";

/** The size of a part; an object may have 10,000 parts. */
const partBytes = 16 * 1024 * 1024;

/**
 * Backups as objects of a bucket. An object appears when its last part has arrived, never partially. Throws Problems:
 * 502 `backup-place-missing`, `-refused` or `-away`, 507 `backup-place-full`.
 */
export function s3Place({ bucket, prefix, ...access }: Extract<BackupPlace, { kind: "s3" }>): Place {
  const client = new Bun.S3Client({ bucket, ...access });
  const folder = prefix === "" ? "" : `${prefix}/`;
  const at = (name: string) => `${folder}${name}`;
  const explain = (error: unknown): never => {
    throw s3Problem(error, { bucket, endpoint: access.endpoint });
  };

  async function list(): Promise<BackupFile[]> {
    const files: BackupFile[] = [];
    let after: string | undefined;
    for (;;) {
      const page = await client
        .list({ prefix: folder, maxKeys: 1_000, ...(after ? { startAfter: after } : {}) })
        .catch(explain);
      for (const { key, size } of page.contents ?? []) {
        const name = key.slice(folder.length);
        const madeAt = timeOfName(name);
        if (madeAt) files.push({ name, madeAt, bytes: size ?? 0 });
        after = key;
      }
      if (!page.isTruncated) return files.toSorted((a, b) => (a.name < b.name ? 1 : -1));
    }
  }

  async function* read(name: string): AsyncGenerator<Uint8Array> {
    try {
      yield* client.file(at(name)).stream();
    } catch (error) {
      explain(error);
    }
  }
  const open = (name: string) => streamOf(read(name));
  const remove = (name: string) => client.delete(at(name)).catch(explain);

  return {
    list,
    open,
    remove,
    async writeDraft(name, bytes) {
      // A check first: a refused multipart upload does not give the reason.
      await client.list({ prefix: folder, maxKeys: 1 }).catch(explain);
      // A stream, not a writer: if the stream fails, Bun aborts the upload and creates no object.
      const body = new Response(streamOf(bytes));
      await client.write(at(name), body, { partSize: partBytes, queueSize: 2, retry: 3 }).catch(explain);
    },
    openDraft: open,
    publish: async () => undefined,
    discard: remove,
  };
}

function streamOf(bytes: AsyncIterable<Uint8Array>): ReadableStream<Uint8Array> {
  const pieces = bytes[Symbol.asyncIterator]();
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = await pieces.next();
      if (done) controller.close();
      else controller.enqueue(value);
    },
    async cancel() {
      await pieces.return?.();
    },
  });
}
