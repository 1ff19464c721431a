import { GraphError, invalidParameter } from "./graph_error.ts";
import { cursorPage, type GraphAnswer, type GraphRequest, listField } from "./graph_request.ts";
import { numericId } from "./ids.ts";
import { asRecord, asRecords, asText, asWords, type JsonRecord } from "./json.ts";
import { requireText } from "./parameter_rules.ts";
import type { Sim } from "./sim.ts";
import type { Page, UtilityTemplate } from "./state.ts";
import { type Caller, requireScope } from "./tokens.ts";
import { componentOf, placeholders } from "./utility_rules.ts";

const library: JsonRecord[] = [
  {
    id: "7138055039625658",
    name: "order_delivered",
    language: "en",
    category: "UTILITY",
    topic: "ORDER_MANAGEMENT",
    usecase: "ORDER_DELIVERED",
    industry: ["E_COMMERCE"],
    body: "Good news, {{1}}! Your order {{2}} was delivered. Thank you for shopping with us.",
    body_params: ["Jim", "566701"],
    body_param_types: ["TEXT", "TEXT"],
    buttons: [],
  },
  {
    id: "7138055039625659",
    name: "appointment_reminder",
    language: "en",
    category: "UTILITY",
    topic: "EVENT_REMINDER",
    usecase: "APPOINTMENT_REMINDER",
    industry: ["HEALTHCARE", "PROFESSIONAL_SERVICES"],
    body: "Hello {{1}}, this is a reminder of your appointment on {{2}}. We look forward to seeing you.",
    body_params: ["Jim", "May 12 at 9:00"],
    body_param_types: ["TEXT", "DATE"],
    buttons: [{ type: "POSTBACK", text: "Confirm", payload: "CONFIRM" }],
  },
];

/** `GET /message_template_library`. */
export function readLibrary(request: GraphRequest): GraphAnswer {
  const search = asText(request.fields.name_or_content)?.toLowerCase() ?? "";
  const language = asText(request.fields.language);
  const data = library.filter(
    (entry) =>
      `${entry.name} ${entry.body}`.toLowerCase().includes(search) &&
      (language ?? entry.language) === entry.language,
  );
  return { body: { data } };
}

/** `/{page}/message_templates`: lists, makes and deletes utility templates. */
export function manageTemplates(sim: Sim, page: Page, caller: Caller, request: GraphRequest): GraphAnswer {
  requireScope(caller, "pages_utility_messaging");
  if (request.method === "GET") return listTemplates(sim, page, request);
  if (request.method === "DELETE") return deleteTemplates(sim, page, request);
  return createTemplate(sim, page, request);
}

function listTemplates(sim: Sim, page: Page, request: GraphRequest): GraphAnswer {
  const { fields } = request;
  const wanted = {
    name: asText(fields.name),
    language: asText(fields.language),
    status: asText(fields.status),
  };
  const items = page.templates
    .filter((template) => (wanted.name ?? template.name) === template.name)
    .filter((template) => (wanted.language ?? template.language) === template.language)
    .filter((template) => (wanted.status ?? template.status) === template.status)
    .map((template) => ({
      id: template.id,
      name: template.name,
      language: template.language,
      status: template.status,
      category: "UTILITY",
      parameter_format: template.parameterFormat,
      components: template.components,
      ...(template.status === "REJECTED" ? { rejected_reason: template.rejectedReason } : {}),
    }));
  return { body: cursorPage(items, request, sim.origin()) };
}

function deleteTemplates(sim: Sim, page: Page, request: GraphRequest): GraphAnswer {
  const id = asText(request.fields.hsm_id);
  const name = asText(request.fields.name);
  if (id === undefined && name === undefined)
    throw invalidParameter("One of the params name and hsm_id is required");
  const before = page.templates.length;
  page.templates = page.templates.filter((template) =>
    id === undefined ? template.name !== name : template.id !== id,
  );
  if (page.templates.length === before) throw invalidParameter("Template cannot be found.");
  sim.touch();
  return { body: { success: true } };
}

function createTemplate(sim: Sim, page: Page, request: GraphRequest): GraphAnswer {
  const { fields } = request;
  const name = requireText(fields.name, "name", 512);
  if (!/^[a-z0-9_]+$/.test(name))
    throw invalidParameter("Param name can only have lowercase letters, digits and underscores");
  const language = requireText(fields.language, "language", 15);
  if (fields.category !== "UTILITY") throw invalidParameter("Param category must be one of {UTILITY}");
  if (page.templates.some((known) => known.name === name && known.language === language)) {
    throw refusedTemplate(2388024, {
      title: "Content in this language already exists",
      userMessage: `There is already content in "${language}" for this template. Create one of another name`,
    });
  }
  const format = fields.parameter_format === "NAMED" ? "NAMED" : "POSITIONAL";
  const components = readComponents(request);
  checkComponents(components, format);
  sim.state.serial += 1;
  const template: UtilityTemplate = {
    id: numericId("104", sim.state.serial, 15),
    name,
    language,
    status: sim.switches.templateReview,
    rejectedReason: sim.switches.templateReview === "REJECTED" ? "TAG_SHOULD_BE_MARKETING" : "NONE",
    parameterFormat: format,
    components,
  };
  page.templates.push(template);
  sim.touch();
  if (template.status !== "PENDING") publishStatus(sim, page, template);
  return { body: { id: template.id, status: template.status, category: "UTILITY" } };
}

function readComponents(request: GraphRequest): JsonRecord[] {
  const name = asText(request.fields.library_template_name);
  if (name === undefined) return asRecords(listField(request.fields, "components"));
  const entry = library.find((known) => known.name === name);
  if (entry === undefined) throw invalidParameter("The library template cannot be found.");
  const body = {
    type: "BODY",
    text: asText(entry.body) ?? "",
    example: { body_text: [asWords(entry.body_params)] },
  };
  const buttons = asRecords(entry.buttons);
  return buttons.length === 0 ? [body] : [body, { type: "BUTTONS", buttons }];
}

/** Meta reports a template's problem only in the text for people. */
function refusedTemplate(subcode: number, words: { title: string; userMessage: string }): GraphError {
  return new GraphError(100, "Invalid parameter", { subcode, ...words });
}

function checkComponents(components: JsonRecord[], format: string): void {
  const holder = { components };
  const body = componentOf(holder, "BODY");
  if (body === undefined) throw invalidParameter("A template needs a BODY component");
  const text = requireText(body.text, "components[body][text]", 1024);
  checkParameters(text, format, asRecord(body.example), "body_text");
  const header = componentOf(holder, "HEADER");
  if (header !== undefined && header.format === "TEXT") {
    const headerText = requireText(header.text, "components[header][text]", 60);
    if (placeholders(headerText).length > 0 && asRecord(header.example) === undefined) {
      throw invalidParameter("TEMPLATE_VARIABLES_MISSING_SAMPLE_VALUES");
    }
  }
  const buttons = asRecords(componentOf(holder, "BUTTONS")?.buttons);
  if (buttons.length > 3) throw invalidParameter("Param components[buttons] can have at most 3 buttons");
  for (const button of buttons) {
    requireText(button.text, "components[buttons][text]", 20);
    const type = asText(button.type);
    if (type !== "POSTBACK" && type !== "URL" && type !== "PHONE_NUMBER")
      throw new GraphError(100, "Fatal", { subcode: 2018416 });
    if (type === "POSTBACK" && button.example !== undefined) {
      throw refusedTemplate(2388051, {
        title: "Button has an example",
        userMessage: "A POSTBACK button can't have an example",
      });
    }
  }
}

function checkParameters(text: string, format: string, example: JsonRecord | undefined, key: string): void {
  const names = placeholders(text);
  if (names.length === 0) return;
  if (/^\s*\{\{|\}\}\s*$/.test(text))
    throw refusedTemplate(2388299, {
      title: "Invalid format",
      userMessage: "A template can't start or end with a parameter",
    });
  if (example?.[key] === undefined && example?.[`${key}_named_params`] === undefined) {
    throw invalidParameter("TEMPLATE_VARIABLES_MISSING_SAMPLE_VALUES");
  }
  const isSequential = names.every((name, index) => name === String(index + 1));
  if (format === "POSITIONAL" && !isSequential) throw invalidParameter("INCORRECT_PARAMS");
  const words = text.replace(/\{\{[^{}]*\}\}/g, "").match(/\S+/g)?.length ?? 0;
  if (words < names.length * 2 + 1) throw invalidParameter("PARAMS_TO_WORD_RATIO_EXCEED_LIMIT");
}

/** Sets the review's outcome of a template and tells about it in both spellings of the field. */
export function reviewTemplate(
  sim: Sim,
  page: Page,
  template: UtilityTemplate,
  status: UtilityTemplate["status"],
  reason: string,
): void {
  template.status = status;
  template.rejectedReason = reason;
  sim.touch();
  publishStatus(sim, page, template);
}

function publishStatus(sim: Sim, page: Page, template: UtilityTemplate): void {
  const subscribed = page.subscribedFields ?? [];
  const field =
    ["message_template_status_update", "messenger_template_status_update"].find((name) =>
      subscribed.includes(name),
    ) ?? "message_template_status_update";
  sim.webhooks.publish({
    pageId: page.id,
    field,
    list: "changes",
    item: {
      field,
      value: {
        message_template_id: template.id,
        message_template_name: template.name,
        message_template_language: template.language,
        message_template_status: template.status,
        reason: template.rejectedReason,
      },
    },
  });
}
