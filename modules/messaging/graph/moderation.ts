import { Problem } from "#std";
import type { Action } from "../policy/mod.ts";
import { problem } from "./problems.ts";
import type { GraphClient } from "./client.ts";
import { metaProblem } from "./meta_problem.ts";
import { GraphError } from "./error.ts";
import { textOf } from "./fields.ts";

export interface Moderation {
  pageFacebookId: string;
  token: string;
  psid: string;
  action: "block_user" | "unblock_user" | "move_to_spam";
}

/**
 * Blocks or unblocks a person for a page, or moves their thread to the spam folder of the page's inbox: Meta has no
 * call that moves it back. Repeating one is harmless. Throws GraphError, also for the text "false", by which Meta says
 * with HTTP 200 that it did nothing.
 */
export async function moderateConversation(graph: GraphClient, given: Moderation): Promise<void> {
  const { body } = await graph.call({
    method: "POST",
    path: `/${given.pageFacebookId}/moderate_conversations`,
    token: given.token,
    body: { user_ids: [{ id: given.psid }], actions: [given.action] },
    timeoutMs: 8_000,
  });
  // Documented as a text, and true in older answers: any other value is no success.
  if (body.success === true || textOf(body.success) === "true") return;
  throw new GraphError({
    phase: "answered",
    status: 200,
    code: null,
    subcode: null,
    class: "invalid",
    message: `Cannot moderate the conversation: Meta answered success ${JSON.stringify(body.success)}`,
  });
}

/** Why Meta did not do it. */
export function moderationFailure(error: unknown, action: Action): Problem {
  if (!(error instanceof GraphError)) return problem("moderation-no-access", { action });
  if (error.phase === "answered" && error.code === null && error.status === 200)
    return problem("moderation-refused", { action });
  const told = metaProblem(error, action);
  return told instanceof Problem ? told : problem("moderation-failed", { action, error: error.message });
}
