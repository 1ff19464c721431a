import { notFound } from "#std";
import type { LinkDeps } from "../campaigns/mod.ts";
import { sendContentAsTest } from "../campaign_draft/mod.ts";
import { tidyContent } from "../templates/mod.ts";
import { readSequence, type SequenceRef } from "./sequence_store.ts";

/**
 * Sends a step's stored message to one contact, without a change of enrolments. Throws as `sendContentAsTest`, and
 * 404 for an unknown sequence or step.
 */
export async function sendStepAsTest(
  on: LinkDeps,
  ref: SequenceRef,
  { step, contactId }: { step: number; contactId: string },
): Promise<{ messageId: string }> {
  const { name, steps } = await readSequence(on.sql, ref);
  const content = steps[step - 1]?.content;
  if (!content) throw notFound("step");
  return await sendContentAsTest(on, ref.workspaceId, {
    content: tidyContent(content),
    contactId,
    tested: { action: "sequence.tested", id: ref.sequenceId, name },
  });
}
