/**
 * The control API, `/_simulator/…`: JSON in, JSON out. `{psid}`, `{page}`, `{user}` are ids.
 *
 * Overview
 *   GET    health                                 {ok}
 *   GET    state                                  app, users, pages, counts
 *   GET    live                                   server-sent events for the phones' page
 *   GET    image?url                              a picture from elsewhere, for the phones' page
 *   POST   reset                                  back to the seed; switches, faults and ledger too
 *   GET    app · PATCH app                        callbackUrl, verifyToken, secret, name, redirectUris, fields
 * Switches and faults (switches.ts, faults.ts)
 *   GET    switches · PATCH switches              any subset; null lifts a limit
 *   GET    faults · POST faults · DELETE faults · DELETE faults/{id}
 * Ledger
 *   GET    sent?pageId&psid&metadata&after&limit  {total, messages: [{mid, pageId, psid, metadata, messagingType, tag, text, message, at}]}
 *   GET    sent/stats                             {total, byPage, persons, repeatedMetadata, peakPerSecond: of accepted messages,
 *                                                 arrivedPerSecond: of Send API calls, refused and broken ones too}
 *   POST   sent/reset
 * Mail
 *   GET    mail?to                                {total, mails: [{id, from, to, subject, messageId, headers, text, html, at}]}, newest first
 *   GET    mail/{id}/html                         the mail as HTML
 *   DELETE mail
 *   POST   mail/faults                            {code, count}: SMTP answers the next mails so; 0 hangs up after the message
 * Webhooks
 *   GET    webhooks                               queue status
 *   POST   webhooks/raw                           {payload}: any body, signed and POSTed with retries
 * Pages and users: control_pages.ts. Persons: control_persons.ts.
 */
import { handlePages, handleUsers } from "./control_pages.ts";
import { handlePersons } from "./control_persons.ts";
import { ControlError, type ControlRequest, readControlRequest } from "./control_request.ts";
import { listSent, sentStats } from "./control_sent.ts";
import { proxyImage } from "./image_proxy.ts";
import { readFault } from "./faults.ts";
import { asText, asWords, type Json, type JsonRecord } from "./json.ts";
import { resetState } from "./snapshot.ts";
import type { Sim } from "./sim.ts";
import { changeSwitches, defaultSwitches } from "./switches.ts";

/** Answers one call of the control API. */
export async function handleControl(sim: Sim, request: Request, url: URL): Promise<Response> {
  try {
    const call = await readControlRequest(request, url);
    if (call.path[0] === "live") return sim.live.open();
    if (call.path[0] === "mail" && call.path[2] === "html") return showMail(sim, call.path[1]);
    if (call.path[0] === "image") return await proxyImage(call.query.get("url") ?? "");
    return Response.json((await route(sim, call)) ?? { ok: true });
  } catch (error) {
    if (!(error instanceof ControlError)) throw error;
    return Response.json({ error: error.message }, { status: error.status });
  }
}

function route(sim: Sim, call: ControlRequest): unknown {
  const { method } = call;
  const [first, second] = call.path;
  switch (first) {
    case "health":
      return { ok: true };
    case "state":
      return overview(sim);
    case "reset":
      return reset(sim);
    case "app":
      if (method === "PATCH") changeApp(sim, call.body);
      return sim.state.app;
    case "switches":
      if (method === "PATCH") applySwitches(sim, call.body);
      return sim.switches;
    case "faults":
      return handleFaults(sim, call, second);
    case "sent":
      if (second === "stats") return sentStats(sim);
      if (second === "reset") return resetSent(sim);
      return listSent(sim, call.query);
    case "mail":
      return handleMail(sim, call, second);
    case "webhooks":
      if (second === "raw") sim.webhooks.publishRaw(call.body.payload ?? call.body);
      return sim.webhooks.status();
    case "pages":
      return handlePages(sim, call);
    case "users":
      return handleUsers(sim, call);
    case "persons":
      return handlePersons(sim, call);
    default:
      throw new ControlError(
        404,
        `Cannot ${method} "/_simulator/${call.path.join("/")}": no such control. See control.ts`,
      );
  }
}

function handleMail(
  { outbox, live }: Sim,
  { method, body, query }: ControlRequest,
  second?: string,
): unknown {
  if (second === "faults" && method === "POST")
    return outbox.faults.push({ code: Number(body.code ?? 451), count: Number(body.count ?? 1) });
  if (method === "DELETE") {
    outbox.mails.splice(0);
    live.all();
    return undefined;
  }
  const to = query.get("to")?.toLowerCase();
  const mails = outbox.mails.filter((mail) => !to || mail.to.some((one) => one.toLowerCase() === to));
  return { total: mails.length, mails };
}

/** The HTML of a mail, with no rights of its own. */
function showMail({ outbox }: Sim, id = ""): Response {
  const mail = outbox.mails.find((one) => one.id === id);
  if (!mail) throw new ControlError(404, `Cannot show the mail "${id}": it is not in the outbox`);
  return new Response(mail.html, {
    headers: {
      "Content-Type": "text/html; charset=utf-8",
      "Content-Security-Policy":
        "sandbox; default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'",
      "X-Content-Type-Options": "nosniff",
    },
  });
}

function overview(sim: Sim): JsonRecord {
  const { state } = sim;
  const counts: Record<string, number> = {};
  for (const person of state.persons.values()) counts[person.pageId] = (counts[person.pageId] ?? 0) + 1;
  return {
    app: { id: state.app.id, name: state.app.name, callbackUrl: state.app.callbackUrl },
    users: [...state.users.values()].map((user) => ({
      id: user.id,
      name: user.name,
      isConnected: user.grant !== null,
    })),
    pages: [...state.pages.values()].map((page) => ({
      id: page.id,
      name: page.name,
      category: page.category,
      persons: counts[page.id] ?? 0,
      subscribedFields: page.subscribedFields,
      isRestricted: page.isRestricted,
      tokenDeath: page.tokenDeath,
      hasRouting: page.hasRouting,
      canTakeControl: page.canTakeControl,
      defaultAppId: page.defaultAppId,
    })),
    persons: state.persons.size,
    sent: state.ledger.length,
  };
}

function reset(sim: Sim): void {
  resetState(sim.state);
  Object.assign(sim.switches, defaultSwitches());
  sim.faults.length = 0;
  sim.limiter.reset();
  sim.arrivals.clear();
  sim.webhooks.clear();
  sim.outbox.mails.splice(0);
  sim.outbox.faults.splice(0);
  sim.touch();
  sim.live.all();
}

function resetSent(sim: Sim): void {
  sim.state.ledger.length = 0;
  sim.arrivals.clear();
  sim.live.all();
}

function changeApp(sim: Sim, body: JsonRecord): void {
  const { app } = sim.state;
  app.callbackUrl = asText(body.callbackUrl) ?? app.callbackUrl;
  app.verifyToken = asText(body.verifyToken) ?? app.verifyToken;
  app.secret = asText(body.secret) ?? app.secret;
  app.name = asText(body.name) ?? app.name;
  if (body.redirectUris !== undefined) app.redirectUris = asWords(body.redirectUris);
  if (body.fields !== undefined) app.fields = asWords(body.fields);
  sim.touch();
  sim.live.all();
}

function applySwitches(sim: Sim, body: JsonRecord): void {
  const refused = changeSwitches(sim.switches, body);
  sim.webhooks.resume();
  sim.live.all();
  if (refused.length === 0) return;
  throw new ControlError(
    400,
    `Cannot change ${refused.join(", ")}: unknown switch or value. See switches.ts`,
  );
}

function handleFaults(sim: Sim, call: ControlRequest, id: string | undefined): Json | undefined {
  if (call.method === "DELETE") {
    const kept = id === undefined ? [] : sim.faults.filter((fault) => fault.id !== id);
    sim.faults.splice(0, sim.faults.length, ...kept);
    sim.live.all();
  }
  if (call.method === "POST") {
    sim.state.serial += 1;
    const fault = readFault(`fault-${sim.state.serial}`, call.body);
    if (typeof fault === "string") throw new ControlError(400, fault);
    sim.faults.push(fault);
    sim.live.all();
    return { ...fault };
  }
  return { faults: sim.faults.map((fault) => ({ ...fault })) };
}
