import { GraphError, invalidParameter } from "./graph_error.ts";
import { type GraphAnswer, type GraphRequest, listField, recordField } from "./graph_request.ts";
import { asRecord, asRecords, asText, asWords, type Json, type JsonRecord } from "./json.ts";
import { checkKeys, checkUrl, requireText } from "./parameter_rules.ts";
import type { Sim } from "./sim.ts";
import type { Page } from "./state.ts";
import { type Caller, requireScope } from "./tokens.ts";

const known = [
  "get_started",
  "greeting",
  "ice_breakers",
  "persistent_menu",
  "whitelisted_domains",
  "account_linking_url",
  "commands",
];

/** `/{page}/messenger_profile`: reads, sets and deletes properties, 10 calls in 10 minutes. */
export function messengerProfile(sim: Sim, page: Page, caller: Caller, request: GraphRequest): GraphAnswer {
  requireScope(caller, "pages_messaging");
  if (!sim.limiter.take(`profile ${page.id}`, sim.switches.limits.profileCallsPerTenMinutes, 600_000)) {
    throw new GraphError(613, "(#613) Calls to this api have exceeded the rate limit.", {});
  }
  if (request.method === "GET") {
    const wanted = asWords(listField(request.fields, "fields"));
    checkNames(wanted);
    const body: JsonRecord = {};
    for (const name of wanted) if (page.profile[name] !== undefined) body[name] = page.profile[name];
    return { body: { data: Object.keys(body).length === 0 ? [] : [body] } };
  }
  if (request.method === "DELETE") {
    const names = asWords(listField(request.fields, "fields"));
    if (names.length === 0) throw invalidParameter("The parameter fields is required");
    checkNames(names);
    for (const name of names) {
      if (
        name === "get_started" &&
        page.profile.persistent_menu !== undefined &&
        !names.includes("persistent_menu")
      ) {
        throw invalidParameter("You must set a Get Started button if you also wish to use a persistent menu");
      }
    }
    for (const name of names) delete page.profile[name];
  } else {
    setProperties(page, request);
  }
  sim.touch();
  sim.live.all();
  return { body: { result: "success" } };
}

function checkNames(names: string[]): void {
  const at = names.findIndex((name) => !known.includes(name));
  if (at < 0) return;
  throw invalidParameter(`Param fields[${at}] must be one of {${known.join(", ")}} - got "${names[at]}".`);
}

function setProperties(page: Page, request: GraphRequest): void {
  const changes: JsonRecord = {};
  for (const name of known) {
    const value: Json | undefined =
      recordField(request.fields, name) ?? listField(request.fields, name) ?? request.fields[name];
    if (value !== undefined) changes[name] = value;
  }
  if (Object.keys(changes).length === 0) {
    throw invalidParameter(`Requires one of the params: ${known.join(", ")}`);
  }
  checkStart(changes, page);
  Object.assign(page.profile, changes);
}

function checkStart(changes: JsonRecord, page: Page): void {
  if (changes.get_started !== undefined) {
    requireText(asRecord(changes.get_started)?.payload, "get_started[payload]", 1000);
  }
  if (changes.greeting !== undefined) {
    const greetings = asRecords(changes.greeting);
    checkLocales(greetings, "greeting");
    for (const greeting of greetings) requireText(greeting.text, "greeting[text]", 160);
  }
  if (changes.ice_breakers !== undefined) checkIceBreakers(asRecords(changes.ice_breakers));
  if (changes.persistent_menu !== undefined) {
    if (changes.get_started === undefined && page.profile.get_started === undefined) {
      throw invalidParameter("You must set a Get Started button if you also wish to use a persistent menu");
    }
    checkMenu(asRecords(changes.persistent_menu));
  }
}

function checkLocales(entries: JsonRecord[], name: string): void {
  for (const { locale } of entries) {
    if (!/^(default|[a-z]{2,3}_[A-Z]{2})$/.test(asText(locale) ?? ""))
      throw invalidParameter(`Param ${name}[locale] must be a valid locale`);
  }
  if (new Set(entries.map(({ locale }) => locale)).size < entries.length)
    throw invalidParameter(`Param ${name} must have one entry for each locale`);
  if (entries.some((entry) => entry.locale === "default")) return;
  throw invalidParameter(`Param ${name} must have an entry with the locale "default"`);
}

function checkIceBreakers(entries: JsonRecord[]): void {
  // The older form is a plain list of questions.
  const sets = entries.every((entry) => entry.question !== undefined)
    ? [{ call_to_actions: entries, locale: "default" }]
    : entries;
  checkLocales(sets, "ice_breakers");
  for (const set of sets) {
    const actions = asRecords(set.call_to_actions);
    if (actions.length < 1 || actions.length > 4)
      throw invalidParameter("Param ice_breakers must have 1 to 4 questions");
    for (const action of actions) {
      checkKeys(action, ["question", "payload"], "ice_breakers[call_to_actions]");
      requireText(action.question, "ice_breakers[question]", 80);
      requireText(action.payload, "ice_breakers[payload]", 1000);
    }
  }
}

function checkMenu(menus: JsonRecord[]): void {
  checkLocales(menus, "persistent_menu");
  for (const menu of menus) {
    const actions = asRecords(menu.call_to_actions);
    if (actions.length > 20) throw invalidParameter("Param persistent_menu can have at most 20 items");
    if (actions.length === 0 && menu.composer_input_disabled !== true) {
      throw invalidParameter("Param persistent_menu[call_to_actions] must be a non-empty array");
    }
    for (const action of actions) {
      requireText(action.title, "persistent_menu[title]", 30);
      const type = asText(action.type);
      if (type === "postback") requireText(action.payload, "persistent_menu[payload]", 1000);
      else if (type === "web_url") checkUrl(action.url, "persistent_menu[url]");
      else throw invalidParameter("Param persistent_menu[type] must be one of {postback, web_url}");
    }
  }
}
