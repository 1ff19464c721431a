import { runBatch } from "./batch.ts";
import { listConversations, readConversation, readMessage } from "./conversations.ts";
import { takeFault } from "./faults.ts";
import { breakCall } from "./fault_effects.ts";
import { GraphError, invalidParameter, missingCapability, unknownObject } from "./graph_error.ts";
import { type GraphAnswer, type GraphRequest, readGraphRequest, recordField } from "./graph_request.ts";
import { newTraceId } from "./ids.ts";
import { asText } from "./json.ts";
import { labelUser, manageLabels, managePersonas, removePersona } from "./labels_personas.ts";
import { messengerProfile } from "./messenger_profile.ts";
import { debugToken, exchangeToken } from "./oauth.ts";
import { moderate } from "./moderation.ts";
import {
  appSubscriptions,
  identifyCaller,
  listAccounts,
  readMe,
  readPage,
  requirePage,
  subscribedApps,
} from "./pages.ts";
import { readPageStatus } from "./page_standing.ts";
import { readProfile } from "./profile.ts";
import { sendMessage } from "./send.ts";
import type { Sim } from "./sim.ts";
import type { Page } from "./state.ts";
import { controlEdges, controlThread, readThreadOwner } from "./thread_control.ts";
import { type Caller, verifyProof } from "./tokens.ts";
import { uploadAttachment } from "./upload.ts";
import { manageTemplates, readLibrary } from "./utility_templates.ts";

/** Answers one HTTP call to the Graph API: faults, latency, the edge, Meta's headers. */
export async function handleGraph(sim: Sim, request: Request, url: URL): Promise<Response> {
  let call: GraphRequest;
  try {
    call = await readGraphRequest(request, url);
  } catch (error) {
    return writeAnswer("v25.0", errorAnswer(error));
  }
  noteArrival(sim, call);
  const { path, pageId, psid } = targetOf(sim, call);
  const fault = sim.faults.length === 0 ? undefined : takeFault(sim.faults, { path, pageId, psid });
  if (fault?.when === "before") {
    const broken = await breakCall(fault);
    if (broken !== undefined) return broken;
  }
  const answer = await answerGraph(sim, call);
  if (sim.switches.latencyMs > 0) await Bun.sleep(sim.switches.latencyMs);
  if (fault?.when === "after") {
    const broken = await breakCall(fault);
    if (broken !== undefined) return broken;
  }
  return writeAnswer(call.version, answer);
}

/** Send API calls by page, including failed ones. */
function noteArrival(sim: Sim, { method, path: [pageId, edge] }: GraphRequest): void {
  if (method !== "POST" || edge !== "messages" || pageId === undefined) return;
  const times = sim.arrivals.get(pageId) ?? [];
  times.push(performance.now());
  sim.arrivals.set(pageId, times);
}

function targetOf(sim: Sim, call: GraphRequest): { path: string; pageId?: string; psid?: string } {
  const called = `/${call.path.join("/")}`;
  if (sim.faults.length === 0) return { path: called };
  // Typing and seen are calls of the same address; a fault that was meant for a message would meet them by chance.
  const isAction = call.fields.sender_action !== undefined;
  const path = isAction ? called.replace(/messages$/, "sender_actions") : called;
  const psid = asText(recordField(call.fields, "recipient")?.id);
  const first = call.path[0];
  let pageId = first === undefined || first === "me" ? undefined : first;
  if (psid !== undefined) pageId = sim.state.persons.get(psid)?.pageId ?? pageId;
  return { path, ...(pageId === undefined ? {} : { pageId }), ...(psid === undefined ? {} : { psid }) };
}

function errorAnswer(error: unknown): GraphAnswer {
  if (!(error instanceof GraphError)) throw error;
  const { status, headers } = error.options;
  return {
    status: status ?? 400,
    body: error.body(newTraceId()),
    ...(headers === undefined ? {} : { headers }),
  };
}

function writeAnswer(version: string, answer: GraphAnswer): Response {
  return new Response(JSON.stringify(answer.body), {
    status: answer.status ?? 200,
    headers: {
      "Content-Type": "application/json; charset=UTF-8",
      "facebook-api-version": version,
      ...answer.headers,
    },
  });
}

/** Answers a call without HTTP around it; the batch endpoint uses it for each of its items. */
async function answerGraph(sim: Sim, call: GraphRequest): Promise<GraphAnswer> {
  try {
    return await route(sim, call);
  } catch (error) {
    return errorAnswer(error);
  }
}

function route(sim: Sim, call: GraphRequest): GraphAnswer | Promise<GraphAnswer> {
  const [id, edge, more] = call.path;
  if (id === undefined) return runBatch(sim, call, (item) => answerGraph(sim, item));
  if (id === "oauth" && edge === "access_token") return exchangeToken(sim, call);
  const caller = identifyCaller(sim, call);
  verifyProof(sim.state.app, call.token ?? "", proofOf(call), sim.switches.requireProof);
  if (sim.switches.app.lackedCapabilities.includes(edge ?? id)) throw missingCapability();
  if (more !== undefined) throw unknownObject(call.path.join("/"), call.method);
  if (edge === "messages" && call.method === "POST") {
    return sendMessage(sim, requirePageToken(sim, caller, id, call), caller, call);
  }
  if (id === "debug_token") return debugToken(sim, caller, call);
  if (id === "message_template_library") return readLibrary(call);
  return edge === undefined ? routeNode(sim, caller, id, call) : routeEdge(sim, caller, id, edge, call);
}

function proofOf(call: GraphRequest): { proof?: string; time?: string } {
  const proof = asText(call.fields.appsecret_proof);
  const time = asText(call.fields.appsecret_time);
  return { ...(proof === undefined ? {} : { proof }), ...(time === undefined ? {} : { time }) };
}

function requirePageToken(sim: Sim, caller: Caller, id: string, call: GraphRequest): Page {
  if (caller.kind !== "page") {
    throw new GraphError(190, "This method must be called with a Page Access Token", { subcode: 2069032 });
  }
  return requirePage(sim, caller, id, call.method);
}

function routeNode(sim: Sim, caller: Caller, id: string, call: GraphRequest): GraphAnswer {
  if (id === "me") return readMe(sim, caller, call);
  const { state } = sim;
  if (call.method === "DELETE") return removePersona(sim, caller, id, call);
  if (state.pages.has(id)) return readPage(sim, requirePage(sim, caller, id, call.method), caller, call);
  const psid = state.conversations.get(id);
  const owned = state.persons.get(psid ?? id) ?? state.persons.get(state.messages.get(id)?.psid ?? "");
  if (owned === undefined) {
    if (state.users.has(id) && caller.kind === "user" && caller.user.id === id)
      return readMe(sim, caller, call);
    throw unknownObject(id, call.method);
  }
  requirePage(sim, caller, caller.kind === "app" ? "" : owned.pageId, call.method);
  if (psid !== undefined) return readConversation(sim, owned, call);
  if (id === owned.psid) return readProfile(sim, owned, call);
  return readMessage(sim, owned, id, call);
}

function routeEdge(
  sim: Sim,
  caller: Caller,
  id: string,
  edge: string,
  call: GraphRequest,
): GraphAnswer | Promise<GraphAnswer> {
  if (edge === "accounts" && (id === "me" || sim.state.users.has(id))) return listAccounts(sim, caller, call);
  if (edge === "permissions" && caller.kind === "user") {
    const scopes = caller.user.grant?.scopes ?? [];
    return { body: { data: scopes.map((permission) => ({ permission, status: "granted" })) } };
  }
  if (edge === "subscriptions" && id === sim.state.app.id) return appSubscriptions(sim, caller, call);
  if (edge === "label") return labelUser(sim, caller, id, call);
  const page =
    edge === "subscribed_apps"
      ? requirePage(sim, caller, id, call.method)
      : requirePageToken(sim, caller, id, call);
  if (controlEdges.includes(edge) && call.method === "POST") return controlThread(sim, page, edge, call);
  switch (edge) {
    case "subscribed_apps":
      return subscribedApps(sim, page, caller, call);
    case "message_attachments":
      return uploadAttachment(sim, page, caller, call);
    case "conversations":
      return listConversations(sim, page, caller, call);
    case "messenger_profile":
      return messengerProfile(sim, page, caller, call);
    case "message_templates":
      return manageTemplates(sim, page, caller, call);
    case "message_template_library":
      return readLibrary(call);
    case "thread_owner":
      return readThreadOwner(sim, page, call);
    case "page_status":
      return readPageStatus(page);
    case "messaging_feature_status":
      return { body: { data: [{ status: page.hasRouting ? "enabled" : "disabled", feature: "hop_v2" }] } };
    case "moderate_conversations":
      return moderate(sim, page, call);
    case "custom_labels":
      return manageLabels(sim, page, call);
    case "personas":
      return managePersonas(sim, page, call);
    default:
      throw invalidParameter(`Tried accessing nonexisting field (${edge}) on node type (Page)`);
  }
}
