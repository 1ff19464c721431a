import { recordActivity } from "#auth";
import type { Handle } from "#db";
import { notFound } from "#std";
import { openFile, encodeName } from "../media/mod.ts";
import { readTransferRow } from "./transfer_store.ts";

/** An export's file or an import's refused lines, as a download. 404 while there is none. */
export async function serveTransferFile(
  on: { sql: Handle; config: { dataDir: string } },
  { workspaceId, transferId, which }: { workspaceId: string; transferId: string; which: "errors" | "export" },
): Promise<Response> {
  const row = await readTransferRow(on, workspaceId, transferId);
  // Uploaded files are never served again.
  const key = which === "errors" ? row.errorFileKey : row.kind === "export" ? row.fileKey : null;
  const file = key === null ? null : openFile(on.config.dataDir, key);
  if (!file || !(await file.exists())) throw notFound("file");
  if (which === "export")
    await recordActivity(on.sql, {
      action: "export.downloaded",
      workspaceId,
      subject: { id: transferId, name: row.fileName },
    });
  const name = which === "errors" ? `refused-${row.fileName}` : row.fileName;
  return new Response(file, {
    headers: {
      "content-type": name.endsWith(".xlsx")
        ? "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
        : "text/csv; charset=utf-8",
      "content-disposition": `attachment; filename*=UTF-8''${encodeName(name)}`,
      "content-security-policy": "sandbox; default-src 'none'",
      "cache-control": "private, no-store",
    },
  });
}
