import { Type } from "@sinclair/typebox";
import type { Sql, TransactionSql } from "postgres";
import type { JobHandler, NewJob } from "#db";
import { log, parse, Uuid } from "#std";
import { GraphError, graphErrorRule, uploadAttachment, openPageToken } from "../graph/mod.ts";
import { type MediaDeps, openFile } from "../media/mod.ts";

export const uploadJob = "media_upload";

const Payload = Type.Object({ workspaceId: Uuid, pageId: Uuid, mediaFileId: Uuid });

export interface MediaUpload {
  workspaceId: string;
  pageId: string;
  mediaFileId: string;
}

/** The job that brings a file to a page. One at a time for both; asking again changes nothing. */
export function newUpload(upload: MediaUpload): NewJob {
  return { kind: uploadJob, key: `${upload.pageId} ${upload.mediaFileId}`, payload: upload };
}

/** Meta does not know these attachments any more: their files are uploaded again when something needs them. */
export async function forgetUploads(
  sql: Sql | TransactionSql,
  gone: readonly { pageId: string; attachmentId: string }[],
): Promise<void> {
  if (gone.length === 0) return;
  await sql`
    delete from messaging.media_uploads u
    using jsonb_to_recordset(${JSON.stringify(gone)}::jsonb) as g("pageId" uuid, "attachmentId" text)
    where u.page_id = g."pageId" and u.attachment_id = g."attachmentId"`;
}

interface Wanted {
  facebook_id: string;
  token_sealed: string;
  file_key: string;
  name: string;
  type: "image" | "video" | "audio" | "file";
  mime_type: string;
}

/** Uploads a file to a page, unless it is there. A refusal of Meta stands for an hour. */
export function uploadHandler(on: MediaDeps): JobHandler {
  return {
    async run(payload) {
      const parsed = parse(Payload, payload);
      if (!parsed.ok) throw new Error("Cannot upload a file: the job does not name page and file");
      const { pageId, mediaFileId } = parsed.value;
      // Gone meanwhile, or a page without access: there is nothing to do, and nothing waits.
      const [wanted] = await on.sql<Wanted[]>`
        select p.facebook_id, p.token_sealed, f.file_key, f.name, f.type, f.mime_type
        from messaging.media_files f join messaging.pages p on p.workspace_id = f.workspace_id
        where f.workspace_id = ${parsed.value.workspaceId} and f.id = ${mediaFileId} and p.id = ${pageId}
          and p.token_sealed is not null and not exists (
            select from messaging.media_uploads u
            where u.page_id = p.id and u.media_file_id = f.id and u.expires_at > clock_timestamp())`;
      if (!wanted) return;
      try {
        const attachmentId = await upload(on, wanted);
        // Meta keeps it for 90 days; a day less, so that none dies on its way.
        await storeOutcome(on.sql, parsed.value, { attachmentId, error: null, days: 89 });
      } catch (error) {
        const refusal = refusalOf(error);
        if (refusal === null) throw error;
        log.warn("Meta refuses a file", { pageId, mediaFileId, error });
        await storeOutcome(on.sql, parsed.value, { attachmentId: null, error: refusal, days: 1 / 24 });
      }
    },
  };
}

async function upload(on: MediaDeps, wanted: Wanted): Promise<string> {
  const bytes = await openFile(on.config.dataDir, wanted.file_key).arrayBuffer();
  return await uploadAttachment(on.graph, {
    pageFacebookId: wanted.facebook_id,
    token: openPageToken(on.keyring, wanted.facebook_id, wanted.token_sealed),
    type: wanted.type,
    name: wanted.name,
    bytes: new Blob([bytes], { type: wanted.mime_type }),
  });
}

/** In words, when another attempt would end alike; null when it may not. */
function refusalOf(error: unknown): string | null {
  if (!(error instanceof GraphError) || error.code === null) return null;
  if (error.class !== "media" && error.class !== "invalid") return null;
  const { title, remedy } = graphErrorRule(error.code, error.subcode);
  return `${title}. ${remedy}`;
}

async function storeOutcome(
  sql: Sql,
  { workspaceId, pageId, mediaFileId }: MediaUpload,
  { attachmentId, error, days }: { attachmentId: string | null; error: string | null; days: number },
): Promise<void> {
  // The file may be deleted while it travels; then there is nothing to keep.
  await sql`
    insert into messaging.media_uploads (workspace_id, page_id, media_file_id, attachment_id, error, expires_at)
    select ${workspaceId}, ${pageId}, id, ${attachmentId}, ${error}, clock_timestamp() + make_interval(secs => ${days * 86_400}::float8)
    from messaging.media_files where workspace_id = ${workspaceId} and id = ${mediaFileId}
    on conflict (page_id, media_file_id) do update
      set attachment_id = excluded.attachment_id, error = excluded.error, expires_at = excluded.expires_at`;
}
