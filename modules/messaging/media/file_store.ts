import { randomBytes } from "node:crypto";
import { mkdir, open, rename, rm } from "node:fs/promises";
import { join } from "node:path";

const keyPattern = /^[0-9a-f]{2}\/[0-9a-f]{30}$/;

const pathOf = (dataDir: string, key: string) => {
  if (!keyPattern.test(key)) throw new Error("Cannot open a file: this is not one of our keys");
  return join(dataDir, "files", key);
};

/** Stores bytes under a random name that nobody can guess or choose, and returns its key. */
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

/** Begins a file under a random name. Written beside and renamed: a key never names half a file. */
export async function createFile(dataDir: string): Promise<NewFile> {
  const name = randomBytes(16).toString("hex");
  const key = `${name.slice(0, 2)}/${name.slice(2)}`;
  const path = pathOf(dataDir, key);
  await mkdir(join(dataDir, "files", name.slice(0, 2)), { recursive: true });
  const draft = `${path}.new`;
  const file = await open(draft, "wx", 0o600);
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

/** Removes a file that nothing refers to any more; it may be gone already. */
export async function removeFile(dataDir: string, key: string): Promise<void> {
  await rm(pathOf(dataDir, key), { force: true });
}
