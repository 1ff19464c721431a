import type { Sql } from "postgres";
import { activityRows, recordActivity } from "#auth";
import { decodeIdCursor, notFound, pageOf, type Problem } from "#std";
import { fileName, type MediaDeps, removeFile, storeFile, serveFile, sniffType } from "../media/mod.ts";
import type { LibraryFile, LibraryQuery } from "./schema_media.ts";
import { problem } from "./problems.ts";

type LibraryDeps = Pick<MediaDeps, "sql" | "config">;
type FileType = LibraryFile["type"];

const megabyte = 1024 * 1024;
/** Meta takes files of 25 MB, images by their address of 8 MB (Send API reference); cards have their images so. */
const mostBytes: Readonly<Record<FileType, number>> = {
  image: 8 * megabyte,
  video: 25 * megabyte,
  audio: 25 * megabyte,
  file: 25 * megabyte,
};
/** Types that Messenger shows as images; others are sent as files. */
const imageTypes: ReadonlySet<string> = new Set(["image/png", "image/jpeg", "image/gif", "image/webp"]);

interface Row {
  id: string;
  name: string;
  type: FileType;
  mimeType: string;
  bytes: number;
  createdAt: number;
}

const columns = (sql: Sql) => sql`id, name, type, mime_type as "mimeType", bytes::float8,
  (extract(epoch from created_at) * 1000)::float8 as "createdAt"`;

function view(workspaceId: string, row: Row): LibraryFile {
  return {
    ...row,
    url: `/api/v1/workspaces/${workspaceId}/media/${row.id}/file`,
    createdAt: new Date(row.createdAt).toISOString(),
  };
}

function typeOf(mimeType: string): FileType {
  const [kind] = mimeType.split("/");
  if (imageTypes.has(mimeType)) return "image";
  return kind === "video" || kind === "audio" ? kind : "file";
}

/**
 * Adds a file to the library, or to one conversation, which alone can send it. Its bytes decide its type.
 * Throws Problem upload-empty, upload-too-large, and not-found for a conversation that is not there.
 */
export async function addLibraryFile(
  on: LibraryDeps,
  workspaceId: string,
  { file, by, conversationId = null }: { file: File; by: { userId: string }; conversationId?: string | null },
): Promise<LibraryFile> {
  const bytes = new Uint8Array(await file.arrayBuffer());
  if (bytes.byteLength === 0) throw problem("upload-empty");
  const { mimeType, extension } = sniffType(bytes);
  const type = typeOf(mimeType);
  if (bytes.byteLength > mostBytes[type]) {
    throw problem("upload-too-large", {
      size: (bytes.byteLength / megabyte).toFixed(1),
      kind: type,
      most: mostBytes[type] / megabyte,
    });
  }
  const key = await storeFile(on.config.dataDir, bytes);
  try {
    const { sql } = on;
    // A file beside a conversation is a part of the reply with it.
    const recorded =
      conversationId === null
        ? activityRows(
            sql,
            { action: "media.added", workspaceId, after: { type, bytes: bytes.byteLength } },
            { from: sql`added`, id: sql`id`, name: sql`name` },
          )
        : sql`select 1`;
    const [row] = await sql<Row[]>`
      with added as (insert into messaging.media_files (workspace_id, name, type, mime_type, bytes, file_key, created_by, conversation_id)
      select ${workspaceId}, ${fileName("", file.name, extension)}, ${type}, ${mimeType}, ${bytes.byteLength}, ${key},
             ${by.userId}, ${conversationId}::uuid
      where ${conversationId}::uuid is null or exists (
        select from messaging.conversations where workspace_id = ${workspaceId} and id = ${conversationId}::uuid)
      returning *),
      recorded as (${recorded})
      select ${columns(sql)} from added`;
    if (!row) throw notFound("conversation");
    return view(workspaceId, row);
  } catch (error) {
    await removeFile(on.config.dataDir, key);
    throw error;
  }
}

/** The library, newest first. */
export async function listLibrary(
  { sql }: Pick<LibraryDeps, "sql">,
  workspaceId: string,
  query: LibraryQuery,
): Promise<{ items: LibraryFile[]; nextCursor: string | null }> {
  const limit = query.limit ?? 50;
  const after = decodeIdCursor(query.cursor);
  const rows = await sql<Row[]>`
    select ${columns(sql)} from messaging.media_files
    where workspace_id = ${workspaceId} and conversation_id is null
      and (${after}::uuid is null or id < ${after}::uuid)
      and (${query.type ?? null}::text is null or type = ${query.type ?? null}::text)
      and strpos(lower(name), lower(${query.search?.trim() ?? ""})) > 0
    order by id desc limit ${limit + 1}`;
  const page = pageOf(rows, limit, (row) => [row.id]);
  return { items: page.items.map((row) => view(workspaceId, row)), nextCursor: page.nextCursor };
}

/**
 * Deletes a file that nothing needs any more. Throws Problem not-found, or file-in-use, file-in-auto-replies, file-in-
 * messages.
 */
export async function deleteLibraryFile(
  on: LibraryDeps,
  workspaceId: string,
  mediaFileId: string,
): Promise<void> {
  const key = await on.sql.begin(async (tx) => {
    // Writers of content with it hold this row: after that the next statement sees the content.
    const [file] = await tx<
      { key: string; name: string }[]
    >`select file_key as key, name from messaging.media_files
      where workspace_id = ${workspaceId} and id = ${mediaFileId} for update`;
    if (!file) throw notFound("file");
    const [use] = await tx<{ kind: string; name: string | null }[]>`
      select 'template' as kind, name from messaging.templates
      where workspace_id = ${workspaceId} and strpos(content::text, ${mediaFileId}) > 0
      union all
      select case kind when 'sequence' then 'sequence' else 'campaign' end, name from messaging.campaigns
      where workspace_id = ${workspaceId} and status in ('draft', 'scheduled', 'paused') and strpos(draft::text, ${mediaFileId}) > 0
      union all
      select 'auto-replies', null from messaging.auto_replies
      where workspace_id = ${workspaceId} and strpos(concat(welcome, welcome_translations, away, away_translations), ${mediaFileId}) > 0
      union all
      select 'consent-replies', null from messaging.sending_rules
      where workspace_id = ${workspaceId} and strpos(
        concat(stop_reply, stop_reply_translations, start_reply, start_reply_translations), ${mediaFileId}) > 0
      union all
      select 'messages', null from messaging.contents
      where media_file_id = ${mediaFileId} or image_file_ids @> array[${mediaFileId}::uuid]
      limit 1`;
    if (use) throw fileInUse(use);
    await tx`delete from messaging.media_files where workspace_id = ${workspaceId} and id = ${mediaFileId}`;
    await recordActivity(tx, {
      action: "media.deleted",
      workspaceId,
      subject: { id: mediaFileId, name: file.name },
    });
    return file.key;
  });
  await removeFile(on.config.dataDir, key);
}

function fileInUse({ kind, name }: { kind: string; name: string | null }): Problem {
  if (name !== null) return problem("file-in-use", { use: kind, useName: name });
  if (kind === "auto-replies") return problem("file-in-auto-replies");
  return problem(kind === "consent-replies" ? "file-in-consent-replies" : "file-in-messages");
}

/** Deletes files that were added for a conversation and not sent within a day. Returns how many. */
export async function pruneUnsentFiles(on: { sql: Sql; config: { dataDir: string } }): Promise<number> {
  const gone = await on.sql<{ key: string }[]>`
    delete from messaging.media_files f
    where f.conversation_id is not null and f.created_at < now() - interval '1 day'
      and not exists (select from messaging.contents c where c.media_file_id = f.id)
      and not exists (select from messaging.contents c
        where c.image_file_ids <> '{}' and c.image_file_ids @> array[f.id])
    returning f.file_key as key`;
  for (const { key } of gone) await removeFile(on.config.dataDir, key);
  return gone.length;
}

/** A file of the library, for people of its workspace. */
export async function serveLibraryFile(
  on: LibraryDeps,
  given: { workspaceId: string; mediaFileId: string; request: Request },
): Promise<Response> {
  const [row] = await on.sql<{ key: string; name: string }[]>`
    select file_key as key, name from messaging.media_files
    where workspace_id = ${given.workspaceId} and id = ${given.mediaFileId}`;
  if (!row) throw notFound("file");
  return await serveFile(on, { key: row.key, fileName: row.name, request: given.request });
}

/** The image of a card by its unguessable key: public for Meta and the card's recipients. */
export async function servePublicImage(on: LibraryDeps, key: string, request: Request): Promise<Response> {
  const [row] = await on.sql<{ name: string }[]>`
    select name from messaging.media_files where file_key = ${key} and type = 'image'`;
  if (!row) throw notFound("image");
  const response = await serveFile(on, { key, fileName: row.name, request });
  response.headers.set("cross-origin-resource-policy", "cross-origin");
  return response;
}
