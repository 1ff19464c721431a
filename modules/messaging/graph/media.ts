import type { GraphClient } from "./client.ts";
import { unreadableAnswer } from "./error.ts";
import { textOf } from "./fields.ts";

export interface OutgoingFile {
  pageFacebookId: string;
  token: string;
  type: "image" | "video" | "audio" | "file";
  name: string;
  /** Its type is sent to Meta. */
  bytes: Blob;
}

/**
 * Saves a file at Meta for messages of one page and gives its attachment id, which lives for 90 days. Throws
 * GraphError.
 */
export async function uploadAttachment(graph: GraphClient, file: OutgoingFile): Promise<string> {
  const form = new FormData();
  form.set("message", JSON.stringify({ attachment: { type: file.type, payload: { is_reusable: true } } }));
  form.set("filedata", file.bytes, file.name);
  const { body } = await graph.call({
    method: "POST",
    path: `/${file.pageFacebookId}/message_attachments`,
    token: file.token,
    body: form,
    // Meta itself gives videos 75 seconds (Send API reference).
    timeoutMs: 90_000,
  });
  const attachmentId = textOf(body.attachment_id);
  if (attachmentId === null) throw unreadableAnswer(200, "it has no attachment_id");
  return attachmentId;
}
