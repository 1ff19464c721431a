import { defineProblems } from "#std";

export const problem = defineProblems({
  "database-not-empty": [
    409,
    'Cannot restore into the database "{database}": it already has {tables} tables',
    "Create an empty one, or remove the old one first",
  ],
  "backup-too-new": [
    409,
    "Cannot restore: this version does not know the backup's version {version}",
    "Restore with that version or a newer one",
  ],
  "backup-incomplete": [422, "Cannot restore: the backup lacks rows or files", "Use another backup"],
});
