import { resolveMedia } from "./attachments.ts";
import { invalidParameter } from "./graph_error.ts";
import { type GraphAnswer, type GraphRequest, recordField } from "./graph_request.ts";
import { checkMessage } from "./message_rules.ts";
import type { Sim } from "./sim.ts";
import type { Page } from "./state.ts";
import { type Caller, requireScope } from "./tokens.ts";

/** `POST /{page}/message_attachments`: saves a file for sends by `attachment_id`. */
export async function uploadAttachment(
  sim: Sim,
  page: Page,
  caller: Caller,
  request: GraphRequest,
): Promise<GraphAnswer> {
  requireScope(caller, "pages_messaging");
  const [media] = checkMessage(recordField(request.fields, "message") ?? {}).media;
  if (media === undefined)
    throw invalidParameter("Param message[attachment] must be an image, video, audio or file", 2018032);
  const saved = await resolveMedia(sim, page, media, request.file);
  return { body: { attachment_id: saved.id } };
}
