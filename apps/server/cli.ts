import { asActor, commandLine } from "#auth";
import { backupCommand, restoreCommand } from "./commands/backups.ts";
import { deleteByPsidCommand } from "./commands/delete_by_psid.ts";
import {
  addMember,
  changeRoleCommand,
  deactivateCommand,
  reactivateCommand,
  removeSecondFactorCommand,
  resetPasswordCommand,
} from "./commands/members.ts";
import { migrateCommand } from "./commands/migrate.ts";
import { rotateKeyCommand } from "./commands/rotate_key.ts";
import { UsageError } from "./commands/usage.ts";
import { sentenceOf } from "./told.ts";

const usage = `What is done at the machine and not in the dashboard. Reads the same settings as the server.

  bun run cli add-member --email anna@example.com --name "Anna" --role operator [--workspace <id>]
      adds a person to a workspace and prints a first password for them
  bun run cli change-role --email anna@example.com --role viewer [--workspace <id>]
      gives a member of a workspace another role
  bun run cli deactivate --email anna@example.com   (and back: reactivate)
      logs a person out of everything and keeps them out; what they wrote stays under their name
  bun run cli reset-password --email anna@example.com
      logs a person out of everything, also the owner, and prints a new password for them
  bun run cli remove-second-factor --email anna@example.com
      removes authenticator app, passkeys and recovery codes of a person, also of the owner, and logs them out
  bun run cli delete-people [file]
      deletes everything about the people whose ids Meta sent, one a line, from a file or the standard input
  bun run cli migrate
      brings the database to the schema of this version
  bun run cli rotate-key
      seals page tokens with the first key of ENCRYPTION_KEY=new,old; then the old one can go
  bun run backup
      makes a backup where BACKUP_TARGET points, and reads it back
  bun run restore latest   (or the name of a backup, or the path of a file)
      fills the empty database of DATABASE_URL from a backup of this or an older version
`;

const commands: Readonly<Record<string, (args: string[]) => Promise<void>>> = {
  "add-member": addMember,
  "change-role": changeRoleCommand,
  deactivate: deactivateCommand,
  reactivate: reactivateCommand,
  "reset-password": resetPasswordCommand,
  "remove-second-factor": removeSecondFactorCommand,
  "delete-people": deleteByPsidCommand,
  migrate: migrateCommand,
  "rotate-key": rotateKeyCommand,
  backup: backupCommand,
  restore: restoreCommand,
};

const [name = "", ...args] = process.argv.slice(2);
try {
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (!command) throw new UsageError(usage);
  await asActor(commandLine, () => command(args));
} catch (error) {
  process.stderr.write(`${told(error)}\n`);
  process.exit(1);
}

/** For errors that the reader can fix, only their text; others with their place, but without lines of the bundle. */
function told(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // Messages of node:util about options are sentences already.
  if ("code" in error && String(error.code).startsWith("ERR_PARSE_ARGS"))
    return `${error.message}\n\n${usage}`;
  const sentence = sentenceOf(error);
  if (sentence) return sentence;
  const cause = error.cause === undefined ? "" : `\nCaused by ${told(error.cause)}`;
  return `${error.stack ?? error.message}${cause}`;
}
