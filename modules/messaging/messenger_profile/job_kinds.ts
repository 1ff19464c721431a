import type { NewJob } from "#db";
import type { OfPage } from "./schema.ts";

/** Brings the saved profile of a page to Meta. */
export const publishProfileJob = "messenger_profile.publish";
/** Reads Meta's profile of a page. */
export const readProfileJob = "messenger_profile.read";

export function newProfileJob(
  kind: typeof publishProfileJob | typeof readProfileJob,
  { workspaceId, pageId }: OfPage,
): NewJob {
  return { kind, key: pageId, payload: { workspaceId } };
}
