import { invalidParameter } from "./graph_error.ts";
import { type GraphAnswer, type GraphRequest, recordField } from "./graph_request.ts";
import { asText, type JsonRecord } from "./json.ts";
import { findPerson, findRecipient } from "./recipients.ts";
import type { Sim } from "./sim.ts";
import type { Page, Person } from "./state.ts";
import { fromPerson, inboxAppId } from "./threads.ts";

/** The edges that move a thread between apps. */
export const controlEdges = [
  "pass_thread_control",
  "take_thread_control",
  "release_thread_control",
  "request_thread_control",
  "extend_thread_control",
];

/** `POST /{page}/…_thread_control`. */
export function controlThread(sim: Sim, page: Page, edge: string, request: GraphRequest): GraphAnswer {
  const { person } = findRecipient(sim, page, recordField(request.fields, "recipient"));
  const metadata = asText(request.fields.metadata);
  const own = sim.state.app.id;
  switch (edge) {
    case "pass_thread_control": {
      const target = asText(request.fields.target_app_id);
      if (target === undefined) throw invalidParameter("The parameter target_app_id is required");
      passThread(sim, person, target, metadata);
      break;
    }
    case "take_thread_control":
      takeThread(sim, person, own, metadata);
      break;
    case "release_thread_control":
      passThread(sim, person, null, metadata);
      break;
    case "request_thread_control":
      sim.webhooks.publish({
        pageId: page.id,
        field: "messaging_handovers",
        list: "messaging",
        item: handover(person, "request_thread_control", { requested_owner_app_id: Number(own), metadata }),
      });
      break;
    default:
      if (person.ownerAppId !== own) throw invalidParameter("Your app isn't the thread owner", 2534037);
  }
  return { body: { success: true } };
}

/** `GET /{page}/thread_owner?recipient={PSID}`. */
export function readThreadOwner(sim: Sim, page: Page, request: GraphRequest): GraphAnswer {
  const person = findPerson(sim, page, asText(request.fields.recipient) ?? "");
  if (person.ownerAppId === null) return { body: { data: [] } };
  return { body: { data: [{ thread_owner: { app_id: person.ownerAppId } }] } };
}

/** Gives the thread to an app, or to nobody, and tells about it. */
export function passThread(sim: Sim, person: Person, to: string | null, metadata: string | undefined): void {
  const from = person.ownerAppId;
  person.ownerAppId = to;
  tell(sim, person, "pass_thread_control", { previous_owner_app_id: from, new_owner_app_id: to, metadata });
}

/** An app takes the thread, as Business Suite does when a human starts to type there. */
export function takeThread(sim: Sim, person: Person, by: string, metadata: string | undefined): void {
  const from = person.ownerAppId;
  person.ownerAppId = by;
  const words = metadata ?? (by === inboxAppId ? "Business Suite" : undefined);
  tell(sim, person, "take_thread_control", {
    previous_owner_app_id: from,
    new_owner_app_id: by,
    metadata: words,
  });
}

function tell(sim: Sim, person: Person, key: string, value: JsonRecord): void {
  sim.webhooks.publish({
    pageId: person.pageId,
    field: "messaging_handovers",
    list: "messaging",
    item: handover(person, key, value),
  });
  sim.live.person(person.psid);
  sim.touch();
}

function handover(person: Person, key: string, value: JsonRecord): JsonRecord {
  return fromPerson(person, Date.now(), { [key]: value });
}
