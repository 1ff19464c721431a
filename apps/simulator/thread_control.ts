import {
  cannotTakeControl,
  type GraphError,
  invalidParameter,
  notOwnerOfThread,
  routingNotEnabled,
} from "./graph_error.ts";
import { type GraphAnswer, type GraphRequest, recordField } from "./graph_request.ts";
import { asNumber, asText, type JsonRecord } from "./json.ts";
import { findPerson, findRecipient } from "./recipients.ts";
import type { Sim } from "./sim.ts";
import type { Page, Person } from "./state.ts";
import { defaultAppOf, inboxAppId, ownerOf, ownershipMs } from "./thread_owner.ts";
import { fromPerson } from "./threads.ts";

/** The edges that move a thread between apps. */
export const controlEdges = [
  "pass_thread_control",
  "take_thread_control",
  "release_thread_control",
  "request_thread_control",
  "extend_thread_control",
];

const mostSeconds = 7 * 24 * 3600;

/** `POST /{page}/…_thread_control`: platform-2.md 3.2. Events to the other app are not simulated. */
export function controlThread(sim: Sim, page: Page, edge: string, request: GraphRequest): GraphAnswer {
  const { person } = findRecipient(sim, page, recordField(request.fields, "recipient"));
  const own = sim.state.app.id;
  const owner = ownerOf(person);
  switch (edge) {
    case "pass_thread_control":
      if (owner !== own && owner !== null) throw notOwnerOfThread();
      giveThread(sim, person, readTarget(sim, page, request.fields.target_app_id));
      break;
    case "take_thread_control":
      if (!page.hasRouting) throw routingNotEnabled();
      if (owner === own) throw alreadyOwner();
      if (!page.canTakeControl) throw cannotTakeControl();
      giveThread(sim, person, own);
      break;
    case "release_thread_control":
      if (owner !== own) throw invalidParameter("Only the current thread owner can release thread control");
      giveThread(sim, person, null);
      break;
    case "request_thread_control":
      if (page.hasRouting)
        throw invalidParameter("Requesting thread control isn't supported when routing is enabled");
      if (owner === own) throw alreadyOwner();
      // Success means that the owner gets the request. Only an idle thread is ours at once.
      if (owner === null) passThread(sim, person, own, asText(request.fields.metadata));
      break;
    default:
      extendControl(sim, person, owner === own, asNumber(request.fields.duration));
  }
  return { body: { success: true } };
}

function alreadyOwner(): GraphError {
  return invalidParameter("Your app is already the thread owner");
}

/** The app that a thread is passed to: the default app when the call names none. */
export function readTarget(sim: Sim, page: Page, given: unknown): string {
  const target = asText(given) ?? defaultAppOf(sim, page);
  if (target === null) throw invalidParameter("The parameter target_app_id is required");
  if (target === sim.state.app.id) throw invalidParameter("An app cannot pass thread control to itself");
  return target;
}

function extendControl(sim: Sim, person: Person, isOurs: boolean, duration: number | undefined): void {
  if (!isOurs) throw invalidParameter("Only the current thread owner can extend thread control");
  if (duration === undefined || duration < 1 || duration > mostSeconds)
    throw invalidParameter(`Param duration must be between 1 and ${mostSeconds}`);
  person.ownedUntil = Date.now() + duration * 1000;
  sim.live.person(person.psid);
  sim.touch();
}

/** `GET /{page}/thread_owner?recipient={PSID}`: only the owner and the default app see which app it is. */
export function readThreadOwner(sim: Sim, page: Page, request: GraphRequest): GraphAnswer {
  const person = findPerson(sim, page, asText(request.fields.recipient) ?? "");
  const own = sim.state.app.id;
  const owner = ownerOf(person);
  if (owner === null) return { body: { data: [] } };
  const until = person.ownedUntil ?? Date.now() + ownershipMs;
  const isSeen = owner === own || defaultAppOf(sim, page) === own;
  const expiration = Math.floor(until / 1000);
  return { body: { data: [{ thread_owner: isSeen ? { app_id: owner, expiration } : { expiration } }] } };
}

/** The person wrote: the owner keeps the thread for another day, and an idle one goes to the default app. */
export function wakeThread(sim: Sim, person: Person, at: number): void {
  const page = sim.state.pages.get(person.pageId);
  const app = page === undefined ? null : defaultAppOf(sim, page);
  let until = at + ownershipMs;
  if (ownerOf(person, at) !== null) until = Math.max(until, person.ownedUntil ?? 0);
  else if (app === sim.state.app.id) passThread(sim, person, app, undefined);
  else if (app !== null) giveThread(sim, person, app);
  person.ownedUntil = until;
}

/** Gives the thread to an app or to none, without an event to our app: it did that itself, or is not concerned. */
export function giveThread(sim: Sim, person: Person, to: string | null): void {
  person.ownerAppId = to;
  person.ownedUntil = Date.now() + ownershipMs;
  person.isHeldByMetaAi = false;
  sim.live.person(person.psid);
  sim.touch();
}

/** Another app, or Meta, passes the thread, and our app hears of it. */
export function passThread(sim: Sim, person: Person, to: string, metadata: string | undefined): void {
  const from = ownerOf(person);
  giveThread(sim, person, to);
  tell(sim, person, "pass_thread_control", { previous_owner_app_id: from, new_owner_app_id: to, metadata });
}

/** Another app takes the thread, as Business Suite does when a human starts to type there. */
export function takeThread(sim: Sim, person: Person, by: string, metadata: string | undefined): void {
  const from = ownerOf(person);
  giveThread(sim, person, by);
  const words = metadata ?? (by === inboxAppId ? "Business Suite" : undefined);
  tell(sim, person, "take_thread_control", {
    previous_owner_app_id: from,
    new_owner_app_id: by,
    metadata: words,
  });
}

/** Another app asks our app for the thread. */
export function askForThread(sim: Sim, person: Person, by: string, metadata: string | undefined): void {
  tell(sim, person, "request_thread_control", { requested_owner_app_id: Number(by), metadata });
}

function tell(sim: Sim, person: Person, key: string, value: JsonRecord): void {
  sim.webhooks.publish({
    pageId: person.pageId,
    field: "messaging_handovers",
    list: "messaging",
    item: fromPerson(person, Date.now(), { [key]: value }),
  });
}
