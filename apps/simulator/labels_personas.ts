import { invalidParameter, noMatchingUser, unknownObject } from "./graph_error.ts";
import { cursorPage, type GraphAnswer, type GraphRequest } from "./graph_request.ts";
import { numericId } from "./ids.ts";
import { asText } from "./json.ts";
import { requireText } from "./parameter_rules.ts";
import type { Sim } from "./sim.ts";
import type { Page } from "./state.ts";
import type { Caller } from "./tokens.ts";

function nextId(sim: Sim): string {
  sim.state.serial += 1;
  sim.touch();
  return numericId("10", sim.state.serial, 15);
}

/** `/{page}/custom_labels`: lists and makes labels. */
export function manageLabels(sim: Sim, page: Page, request: GraphRequest): GraphAnswer {
  if (request.method === "GET") {
    const items = page.labels.map((label) => ({ id: label.id, page_label_name: label.name }));
    return { body: cursorPage(items, request, sim.origin()) };
  }
  const name = requireText(request.fields.page_label_name ?? request.fields.name, "page_label_name", 80);
  if (page.labels.some((label) => label.name === name))
    throw invalidParameter("A label with this name already exists");
  const label = { id: nextId(sim), name, psids: [] };
  page.labels.push(label);
  return { body: { id: label.id } };
}

/** `/{label}/label`: puts a label on a person (POST), or takes it off (DELETE). */
export function labelUser(sim: Sim, caller: Caller, id: string, request: GraphRequest): GraphAnswer {
  const page = caller.kind === "page" ? caller.page : undefined;
  const label = page?.labels.find((known) => known.id === id);
  if (page === undefined || label === undefined) throw unknownObject(id, request.method);
  const psid = asText(request.fields.user) ?? "";
  if (sim.state.persons.get(psid)?.pageId !== page.id) throw noMatchingUser();
  const isRemoval = request.method === "DELETE";
  label.psids = label.psids.filter((known) => known !== psid);
  if (!isRemoval) label.psids.push(psid);
  sim.webhooks.publish({
    pageId: page.id,
    field: "inbox_labels",
    list: "changes",
    item: {
      field: "inbox_labels",
      value: {
        user: { id: psid },
        action: isRemoval ? "remove" : "add",
        label: { id: label.id, page_label_name: label.name },
      },
    },
  });
  sim.touch();
  return { body: { success: true } };
}

/** `/{page}/personas`: lists and makes personas. */
export function managePersonas(sim: Sim, page: Page, request: GraphRequest): GraphAnswer {
  if (request.method === "GET") {
    const items = page.personas.map(({ id, name, pictureUrl }) => ({
      id,
      name,
      profile_picture_url: pictureUrl,
    }));
    return { body: cursorPage(items, request, sim.origin()) };
  }
  const name = requireText(request.fields.name, "name", 50);
  const pictureUrl = requireText(request.fields.profile_picture_url, "profile_picture_url", 2000);
  const persona = { id: nextId(sim), name, pictureUrl };
  page.personas.push(persona);
  return { body: { id: persona.id } };
}

/** `DELETE /{persona}` and `DELETE /{label}`. */
export function removePersona(sim: Sim, caller: Caller, id: string, request: GraphRequest): GraphAnswer {
  const page = caller.kind === "page" ? caller.page : undefined;
  const isKnown =
    page?.personas.some((known) => known.id === id) || page?.labels.some((known) => known.id === id);
  if (page === undefined || isKnown !== true) throw unknownObject(id, request.method);
  page.personas = page.personas.filter((known) => known.id !== id);
  page.labels = page.labels.filter((known) => known.id !== id);
  sim.touch();
  return { body: { success: true } };
}
