import { Type } from "@sinclair/typebox";
import type { JobHandler } from "#db";
import { log, parse, trimEnd, Uuid } from "#std";
import { workspaceChannel } from "../deps.ts";
import { type MediaDeps, mostFileBytes } from "./deps.ts";
import { removeFile, storeFile } from "./file_store.ts";
import { safeFetch, UnsafeFetch } from "./safe_fetch.ts";
import { sniffType } from "./sniff.ts";

export const attachmentJob = "attachment.copy";

const Payload = Type.Object({ workspaceId: Uuid, attachmentId: Uuid });

interface Wanted {
  source_url: string | null;
  title: string | null;
  message_id: string;
  conversation_id: string;
  direction: "in" | "out";
}

/** Copies a file to our own storage before Meta's address expires. */
export function attachmentHandler(on: MediaDeps): JobHandler {
  return {
    async run(payload) {
      const parsed = parse(Payload, payload);
      if (!parsed.ok) throw new Error("Cannot copy a file: the job does not name an attachment");
      const { workspaceId, attachmentId } = parsed.value;
      const [wanted] = await on.sql<Wanted[]>`
        select a.source_url, a.title, a.message_id, m.conversation_id, m.direction
        from messaging.attachments a join messaging.messages m on m.workspace_id = a.workspace_id and m.id = a.message_id
        where a.workspace_id = ${workspaceId} and a.id = ${attachmentId} and a.file_state = 'wanted'`;
      if (!wanted) return;
      await copy(on, { workspaceId, attachmentId, url: wanted.source_url ?? "", title: wanted.title });
      const { conversation_id: conversationId, message_id: messageId, direction } = wanted;
      await on.live.publish(workspaceChannel(workspaceId), [
        { name: "message", data: { conversationId, messageId, change: "updated", direction } },
      ]);
    },
  };
}

interface Copying {
  workspaceId: string;
  attachmentId: string;
  url: string;
  title: string | null;
}

async function copy(on: MediaDeps, { workspaceId, attachmentId, url, title }: Copying): Promise<void> {
  const fail = async (error: string) => {
    await on.sql`update messaging.attachments set file_state = 'failed', error = ${error}
      where workspace_id = ${workspaceId} and id = ${attachmentId} and file_state = 'wanted'`;
  };
  let bytes: Uint8Array;
  try {
    const answer = await safeFetch(url, {
      allowedHosts: on.config.allowedMediaHosts,
      mostBytes: mostFileBytes,
    });
    if (answer.status >= 400 && answer.status < 500 && answer.status !== 429) {
      return await fail("Meta no longer has this file: its address expires after some days");
    }
    if (answer.status !== 200)
      throw new Error(`Cannot copy a file: its server answers with status ${answer.status}`);
    bytes = answer.bytes;
  } catch (error) {
    if (!(error instanceof UnsafeFetch)) throw error;
    log.warn("Refused to copy a file", { attachmentId, error });
    return await fail(error.message);
  }
  const { mimeType, extension } = sniffType(bytes);
  const key = await storeFile(on.config.dataDir, bytes);
  const stored = await on.sql`
    update messaging.attachments
    set file_state = 'stored', file_key = ${key}, mime_type = ${mimeType}, bytes = ${bytes.byteLength}, error = null,
        file_name = coalesce(file_name, ${fileName(url, title, extension)})
    where workspace_id = ${workspaceId} and id = ${attachmentId} and file_state = 'wanted' returning id`;
  if (stored.length === 0) await removeFile(on.config.dataDir, key);
}

/** A name for people: of the title or the address, without anything that a file system or a terminal would obey. */
export function fileName(url: string, title: string | null, extension: string): string {
  let last = "";
  try {
    last = decodeURIComponent(new URL(url).pathname.split("/").at(-1) ?? "");
  } catch {
    last = "";
  }
  const shown = (title ?? last)
    .slice(0, 2_000)
    .toWellFormed()
    .replace(/[\p{C}/\\:*?"<>|]/gu, "")
    .replace(/^[.\s]+/, "")
    .slice(0, 120);
  const wished = trimEnd(shown, /[.\s]/);
  if (wished === "") return `file.${extension}`;
  return /\.[A-Za-z0-9]{1,8}$/.test(wished) ? wished : `${wished}.${extension}`;
}
