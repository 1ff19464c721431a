import type { Database } from "#db";
import type { Clock, Keyring } from "#std";

/** A folder, or a bucket of anything that speaks S3. */
export type BackupPlace =
  | { kind: "disk"; directory: string }
  | {
      kind: "s3";
      bucket: string;
      /** Folder inside of the bucket, without slashes at its ends; may be empty. */
      prefix: string;
      endpoint: string | undefined;
      region: string | undefined;
      accessKeyId: string | undefined;
      secretAccessKey: string | undefined;
    };

export interface BackupSettings {
  place: BackupPlace;
  /** The first encrypts, all open. */
  keyring: Keyring;
  /** Whether backups include files. Not needed if the data folder is saved by other means. */
  hasFiles: boolean;
  /** 0: only on request. */
  everyMinutes: number;
  /** Hours for which every backup is kept. */
  keepHours: number;
  /** And one a day for so many days. */
  keepDays: number;
}

/** The dependencies of backups. */
export interface BackupDeps extends Pick<Database, "sql"> {
  databaseUrl: string;
  clock: Clock;
  config: {
    version: string;
    dataDir: string;
    /** Null: no backups, as there is no key. */
    backup: BackupSettings | null;
  };
}
