import { statfs } from "node:fs/promises";

/** The disk below the data folder of this process. */
export interface Disk {
  freeBytes: number;
  totalBytes: number;
}

/** Null where the folder is not there yet. */
export async function readDisk(directory: string): Promise<Disk | null> {
  try {
    const { bavail, blocks, bsize } = await statfs(directory);
    return { freeBytes: bavail * bsize, totalBytes: blocks * bsize };
  } catch {
    return null;
  }
}
