import { Type } from "@sinclair/typebox";
import { Elysia } from "elysia";
import { guard } from "#auth";
import { FileAnswer, IsoTime, listOf, Nullable, PageQuery, Words } from "#std";
import { askForBackup, listBackups, readBackupState, serveBackup } from "./backups/backup_list.ts";
import type { BackupDeps } from "./backups/settings.ts";
import type { AdminDeps } from "./deps.ts";

const BackupList = listOf(Type.Object({ name: Type.String(), bytes: Type.Integer(), madeAt: IsoTime }));
const StateResponse = Type.Object({
  isOn: Type.Boolean(),
  place: Nullable(Type.Union([Type.Literal("disk"), Type.Literal("s3")])),
  everyMinutes: Type.Integer(),
  isRunning: Type.Boolean(),
  nextAt: Nullable(IsoTime),
  problem: Nullable(Type.String()),
  problemWords: Type.Optional(Nullable(Words)),
});
const tags = ["system"];

/** Backups for the owner. Restoring is done at the machine: it needs an empty database. */
export function backupRoutes(on: BackupDeps & Pick<AdminDeps, "config">) {
  return new Elysia({ name: "admin.backups", prefix: "/system/backups" })
    .use(guard(on))
    .get(
      "",
      async function getBackups({ query }) {
        return await listBackups(on, query);
      },
      {
        can: "system:manage",
        query: PageQuery,
        response: BackupList,
        detail: {
          operationId: "listBackups",
          summary: "List backups",
          description: "Each was verified by reading it back. Newest first.",
          tags,
        },
      },
    )
    .get(
      "/state",
      async function getBackupState() {
        return await readBackupState(on);
      },
      {
        can: "system:manage",
        response: StateResponse,
        detail: { operationId: "readBackupState", summary: "Get backup status", tags },
      },
    )
    .post(
      "",
      async function postBackup({ set }) {
        set.status = 202;
        await askForBackup(on);
        return { ok: true };
      },
      {
        can: "system:manage",
        response: { 202: Type.Object({ ok: Type.Boolean() }) },
        detail: { operationId: "makeBackup", summary: "Create a backup", tags },
      },
    )
    .get(
      "/:name/file",
      async function downloadBackup({ params: { name } }) {
        return await serveBackup(on, name);
      },
      {
        can: "system:manage",
        params: Type.Object({ name: Type.String({ maxLength: 100 }) }),
        response: FileAnswer,
        detail: {
          operationId: "downloadBackup",
          summary: "Download a backup, encrypted with BACKUP_KEY",
          tags,
        },
      },
    );
}
