import { defineProblems, defineThings } from "#std";

defineThings(["backup"]);

const mostRoom = "lower BACKUP_KEEP_HOURS and BACKUP_KEEP_DAYS";

export const problem = defineProblems({
  "backups-off": [409, "Cannot use backups: they are off", "Set BACKUP_KEY and start again"],
  "backup-place-full": [
    507,
    "Cannot make a backup: the disk of BACKUP_TARGET is full",
    `Free space, or ${mostRoom}`,
  ],
  "backup-place-closed": [
    500,
    "Cannot make a backup: the folder of BACKUP_TARGET is not writable",
    "Give it to the user of this process",
  ],
  "no-backup": [
    404,
    "Cannot restore: BACKUP_TARGET has no backup",
    "Make a backup first, or correct BACKUP_TARGET",
  ],
  "backup-missing": [404, 'Cannot restore "{name}": there is no such backup or file', "Check the name"],
  "backup-place-missing": [
    502,
    'Cannot use the bucket "{bucket}" for backups: it does not exist',
    "Create it, or correct BACKUP_TARGET",
  ],
  "backup-keys-wrong": [
    502,
    'Cannot use the bucket "{bucket}" for backups: its keys are not accepted',
    "Correct BACKUP_S3_ACCESS_KEY_ID and BACKUP_S3_SECRET_ACCESS_KEY",
  ],
  "backup-keys-weak": [
    502,
    'Cannot use the bucket "{bucket}" for backups: the keys lack permissions',
    "Allow them to list, read, write and delete in it",
  ],
  "backup-bucket-full": [
    507,
    'Cannot use the bucket "{bucket}" for backups: it is full',
    `Make it larger, or ${mostRoom}`,
  ],
  "backup-region-wrong": [
    502,
    'Cannot use the bucket "{bucket}" for backups: it is in another place',
    "Correct BACKUP_S3_REGION and BACKUP_S3_ENDPOINT",
  ],
  "backup-clock-wrong": [
    502,
    'Cannot use the bucket "{bucket}" for backups: the clock of this machine is wrong',
    "Set the clock",
  ],
  "backup-gone": [
    404,
    'Cannot read the backup: the bucket "{bucket}" no longer has it',
    "Choose another backup",
  ],
  "backup-place-away": [
    502,
    'Cannot use the bucket "{bucket}" for backups: {endpoint} does not respond',
    "Check BACKUP_S3_ENDPOINT, DNS and the firewall",
  ],
  "backup-place-refused": [
    502,
    'Cannot use the bucket "{bucket}" for backups: {endpoint} answered "{answer}"',
    "Look up this answer in the storage's documentation",
  ],
});
