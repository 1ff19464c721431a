import { spawnSync } from "node:child_process";
import { mkdir, readdir, rm, statfs, writeFile } from "node:fs/promises";
import { join } from "node:path";

const ballast = "ballast";

/** A folder that can be filled. */
export interface SmallDisk {
  directory: string;
  /** Whether it is a file system of its own; where this process may mount none, it cannot be filled. */
  isMounted: boolean;
  /** Takes all room but so many bytes. */
  fill(leaving: number): Promise<void>;
  /** Gives the room back. */
  clear(): Promise<void>;
  /** Files of others in it. */
  list(): Promise<string[]>;
  close(): Promise<void>;
}

export async function openSmallDisk(directory: string, megabytes: number): Promise<SmallDisk> {
  await mkdir(directory, { recursive: true });
  const options = ["-t", "tmpfs", "-o", `size=${megabytes}m`, "tmpfs", directory];
  const isMounted = spawnSync("mount", options, { stdio: "ignore" }).status === 0;
  const file = join(directory, ballast);
  return {
    directory,
    isMounted,
    async fill(leaving) {
      const { bavail, bsize } = await statfs(directory);
      await writeFile(file, Buffer.alloc(bavail * bsize - leaving));
    },
    clear: () => rm(file, { force: true }),
    list: async () => (await readdir(directory)).filter((name) => name !== ballast),
    async close() {
      if (isMounted) spawnSync("umount", [directory]);
      await rm(directory, { recursive: true, force: true });
    },
  };
}
