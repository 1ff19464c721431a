import { invalidParameter } from "./graph_error.ts";
import { asText, type JsonRecord } from "./json.ts";
import type { Sim } from "./sim.ts";
import type { Person } from "./state.ts";
import { checkWindow } from "./window_rules.ts";

/** Every `sender_action` of the Send API. */
export const senderActions = ["typing_on", "typing_off", "mark_seen", "react", "unreact"];

/** Messenger shows the typing dots for 20 s at most. */
const typingMs = 20_000;

/** Shows the page's action on the person's phone. */
export function performAction(
  sim: Sim,
  person: Person,
  action: string,
  payload: JsonRecord | undefined,
): void {
  const now = Date.now();
  if (action === "mark_seen") {
    person.seenUntil = now;
    sim.live.person(person.psid);
    return;
  }
  checkWindow(person, { messagingType: "RESPONSE", tag: undefined, templateType: undefined }, now);
  if (action === "typing_on") person.typingUntil = now + typingMs;
  if (action === "typing_off") person.typingUntil = 0;
  if (action === "react" || action === "unreact") react(sim, person, action, payload);
  sim.live.person(person.psid);
}

function react(sim: Sim, person: Person, action: string, payload: JsonRecord | undefined): void {
  const message = sim.state.messages.get(asText(payload?.message_id) ?? "");
  if (message === undefined || message.psid !== person.psid) {
    throw invalidParameter("Invalid message id: it is no message of this conversation", 2018032);
  }
  const reactions = { ...message.reactions };
  if (action === "unreact") {
    delete reactions.page;
  } else {
    const reaction = asText(payload?.reaction);
    if (reaction === undefined) throw invalidParameter("Param payload[reaction] is required");
    reactions.page = reaction;
  }
  message.reactions = reactions;
  sim.touch();
}
