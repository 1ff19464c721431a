export interface BackupFile {
  name: string;
  bytes: number;
  /** ISO time, from the name. */
  madeAt: string;
}

/** Storage of backups. A backup is a draft until it is read back and published. */
export interface Place {
  /** Newest first. */
  list(): Promise<BackupFile[]>;
  open(name: string): ReadableStream<Uint8Array>;
  remove(name: string): Promise<void>;
  writeDraft(name: string, bytes: AsyncIterable<Uint8Array>): Promise<void>;
  openDraft(name: string): ReadableStream<Uint8Array>;
  publish(name: string): Promise<void>;
  discard(name: string): Promise<void>;
}

const pattern = /^messagesender-(\d{4}-\d\d-\d\d)T(\d\d)-(\d\d)-(\d\d)Z-[0-9a-f]{4}\.backup$/;

/** A name that sorts by time. */
export function backupName(now: number, letters: string): string {
  return `messagesender-${new Date(now).toISOString().slice(0, 19).replaceAll(":", "-")}Z-${letters}.backup`;
}

/** The time in a backup's name; null for a file that is none of ours. */
export function timeOfName(name: string): string | null {
  const [, day, hour, minute, second] = pattern.exec(name) ?? [];
  return day ? `${day}T${hour}:${minute}:${second}.000Z` : null;
}
