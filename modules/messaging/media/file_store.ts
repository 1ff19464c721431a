import { randomBytes } from "node:crypto";
import { mkdir, open, readdir, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";

const keyPattern = /^[0-9a-f]{2}\/[0-9a-f]{30}$/;

const pathOf = (dataDir: string, key: string) => {
  if (!keyPattern.test(key)) throw new Error("Cannot open a file: this is not one of our keys");
  return join(dataDir, "files", key);
};

/** Stores bytes under a random, unguessable name and returns its key. */
export async function storeFile(dataDir: string, bytes: Uint8Array): Promise<string> {
  const file = await createFile(dataDir);
  try {
    await file.write(bytes);
  } catch (error) {
    await file.abandon();
    throw error;
  }
  return await file.finish();
}

/** A file on its way into the store, piece by piece; end it by `finish` or `abandon`. */
export interface NewFile {
  write(bytes: Uint8Array): Promise<void>;
  /** Its key, when everything is on the disk. */
  finish(): Promise<string>;
  abandon(): Promise<void>;
}

/** Begins a file under a random name. */
export async function createFile(dataDir: string): Promise<NewFile> {
  const name = randomBytes(16).toString("hex");
  return await createFileAs(dataDir, `${name.slice(0, 2)}/${name.slice(2)}`);
}

/**
 * Begins a file under a key that it had before: from a backup. Written beside and renamed: a key never names half a
 * file.
 */
export async function createFileAs(dataDir: string, key: string): Promise<NewFile> {
  const path = pathOf(dataDir, key);
  await mkdir(dirname(path), { recursive: true });
  const draft = `${path}.new`;
  const file = await open(draft, "w", 0o600);
  return {
    async write(bytes) {
      await file.writeFile(bytes);
    },
    async finish() {
      try {
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(draft, path);
      return key;
    },
    async abandon() {
      await file.close();
      await rm(draft, { force: true });
    },
  };
}

/** The file of a key, read lazily. */
export function openFile(dataDir: string, key: string): Bun.BunFile {
  return Bun.file(pathOf(dataDir, key));
}

/** Every file of the store by its key. One that is removed meanwhile is whole, or left out. */
export async function* readFiles(
  dataDir: string,
): AsyncGenerator<{ name: string; bytes: AsyncIterable<Uint8Array> }> {
  for (const folder of await namesIn(join(dataDir, "files")))
    for (const name of await namesIn(join(dataDir, "files", folder))) {
      const key = `${folder}/${name}`;
      if (!keyPattern.test(key)) continue;
      const file = await open(pathOf(dataDir, key)).catch(goneIs(null));
      if (file) yield { name: key, bytes: file.createReadStream() };
    }
}

const namesIn = (folder: string) => readdir(folder).catch(goneIs([]));

/** Takes a file or folder that is not there for `nothing`. */
function goneIs<T>(nothing: T): (error: unknown) => T {
  return (error) => {
    if (error instanceof Error && "code" in error && ["ENOENT", "ENOTDIR"].includes(String(error.code)))
      return nothing;
    throw error;
  };
}

/** Removes a file that nothing refers to any more; it may be gone already. */
export async function removeFile(dataDir: string, key: string): Promise<void> {
  await rm(pathOf(dataDir, key), { force: true });
}
