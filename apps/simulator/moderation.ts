import { invalidParameter } from "./graph_error.ts";
import { type GraphAnswer, type GraphRequest, listField } from "./graph_request.ts";
import { asRecord, asText } from "./json.ts";
import { findPerson } from "./recipients.ts";
import type { Sim } from "./sim.ts";
import type { Page } from "./state.ts";

const actions = ["block_user", "unblock_user", "ban_user", "unban_user", "move_to_spam"];

/**
 * `POST /{page}/moderate_conversations`: up to 10 persons, up to 2 actions. Nothing takes a thread out of spam again: at
 * Meta only a person can.
 */
export function moderate(sim: Sim, page: Page, request: GraphRequest): GraphAnswer {
  const users = listField(request.fields, "user_ids") ?? [];
  const wanted = listField(request.fields, "actions") ?? [];
  if (users.length === 0 || users.length > 10)
    throw invalidParameter("Param user_ids must have 1 to 10 entries");
  if (wanted.length === 0 || wanted.length > 2)
    throw invalidParameter("Param actions must have 1 or 2 entries");
  if (!wanted.every((action) => actions.includes(String(action)))) {
    throw invalidParameter(`Param actions must be one of {${actions.join(", ")}}`);
  }
  const isContradiction = wanted.includes("block_user") && wanted.includes("unblock_user");
  if (isContradiction) throw invalidParameter("Param actions must not block and unblock together");
  const persons = users.map((user) =>
    findPerson(sim, page, asText(asRecord(user)?.id) ?? asText(user) ?? ""),
  );
  // A failure with HTTP 200, and like the success a text: Boolean("false") is true.
  if (sim.switches.refuseModeration) return { body: { success: "false" } };
  for (const person of persons) {
    if (wanted.includes("block_user") || wanted.includes("ban_user")) person.isBlockedByPage = true;
    if (wanted.includes("unblock_user") || wanted.includes("unban_user")) person.isBlockedByPage = false;
    if (wanted.includes("move_to_spam")) person.isInSpam = true;
    sim.live.person(person.psid);
  }
  sim.touch();
  // A text, as Meta answers it.
  return { body: { success: "true" } };
}
