import { mkdir, open, readdir, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { type BackupFile, type Place, timeOfName } from "./place.ts";
import type { BackupPlace } from "./settings.ts";

const draftEnding = ".draft";
/** A draft that is older was left by a process that died. */
const staleMs = 24 * 3_600_000;

/** Backups as files of a folder. */
export function diskPlace({ directory }: Extract<BackupPlace, { kind: "disk" }>): Place {
  const at = (name: string) => join(directory, name);
  const draft = (name: string) => at(name + draftEnding);

  return {
    async list() {
      const files: BackupFile[] = [];
      for (const name of await namesIn(directory)) {
        const madeAt = timeOfName(name);
        if (madeAt) files.push({ name, madeAt, bytes: (await stat(at(name))).size });
      }
      return files.toSorted((a, b) => (a.name < b.name ? 1 : -1));
    },
    open: (name) => Bun.file(at(name)).stream(),
    remove: (name) => rm(at(name), { force: true }),
    async writeDraft(name, bytes) {
      await mkdir(directory, { recursive: true });
      await removeStale(directory);
      const file = await open(draft(name), "wx", 0o600);
      try {
        for await (const piece of bytes) await file.writeFile(piece);
        await file.sync();
      } finally {
        await file.close();
      }
    },
    openDraft: (name) => Bun.file(draft(name)).stream(),
    publish: (name) => rename(draft(name), at(name)),
    discard: (name) => rm(draft(name), { force: true }),
  };
}

async function namesIn(directory: string): Promise<string[]> {
  try {
    return await readdir(directory);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return [];
    throw error;
  }
}

async function removeStale(directory: string): Promise<void> {
  for (const name of await namesIn(directory)) {
    if (!name.endsWith(draftEnding)) continue;
    const { mtimeMs } = await stat(join(directory, name));
    if (Date.now() - mtimeMs > staleMs) await rm(join(directory, name), { force: true });
  }
}
