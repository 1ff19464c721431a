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
  /** Whether the files that people sent are inside; where the data folder is saved by other means they need not be. */
  hasFiles: boolean;
  /** 0: only when somebody asks. */
  everyMinutes: number;
  /** Every backup of so many hours is kept. */
  keepHours: number;
  /** And one a day for so many days. */
  keepDays: number;
}

/** What backups need of the system. */
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
