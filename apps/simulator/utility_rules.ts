import { invalidParameter } from "./graph_error.ts";
import { asRecord, asRecords, asText, type Json, type JsonRecord } from "./json.ts";
import { checkKeys } from "./parameter_rules.ts";
import type { Page, UtilityTemplate } from "./state.ts";

/** A utility message with its parameters filled in, as the person sees it. */
export interface RenderedUtility {
  header: string | null;
  body: string;
  buttons: JsonRecord[];
}

/** Finds the template of a send call and fills it. Throws Meta's template errors. */
export function renderUtility(page: Page, value: Json | undefined): RenderedUtility {
  const template = asRecord(value);
  if (template === undefined) throw invalidParameter("Param message[template] must be an object", 2018032);
  checkKeys(template, ["name", "language", "components"], "message[template]");
  const name = asText(template.name);
  const language = asText(asRecord(template.language)?.code);
  const found = page.templates.find((known) => known.name === name && known.language === language);
  if (found === undefined || found.status !== "APPROVED") throw invalidParameter("Template cannot be found.");
  const components = asRecords(template.components);
  for (const component of components)
    checkKeys(component, ["type", "parameters"], "message[template][components]");
  return {
    header: fillText(found, "HEADER", parametersOf(components, "header")),
    body: fillText(found, "BODY", parametersOf(components, "body")) ?? "",
    buttons: fillButtons(found, parametersOf(components, "buttons")),
  };
}

/** The placeholders of a text, in order and without repeats. */
export function placeholders(text: string): string[] {
  return [...new Set([...text.matchAll(/\{\{\s*([a-z0-9_]+)\s*\}\}/gi)].map((match) => match[1] ?? ""))];
}

/** The component of a template by its type. */
export function componentOf(template: { components: JsonRecord[] }, type: string): JsonRecord | undefined {
  return template.components.find((component) => asText(component.type)?.toUpperCase() === type);
}

function parametersOf(components: JsonRecord[], type: string): JsonRecord[] {
  return asRecords(
    components.find((component) => asText(component.type)?.toLowerCase() === type)?.parameters,
  );
}

function fillText(template: UtilityTemplate, type: string, parameters: JsonRecord[]): string | null {
  const text = asText(componentOf(template, type)?.text);
  if (text === undefined) return null;
  const names = placeholders(text);
  if (names.length !== parameters.length) {
    throw invalidParameter(
      `Number of parameters does not match: expected ${names.length}, got ${parameters.length}`,
      1893029,
    );
  }
  let filled = text;
  for (const [index, name] of names.entries()) {
    const isNamed = template.parameterFormat === "NAMED";
    const parameter = isNamed ? parameters.find((given) => given.parameter_name === name) : parameters[index];
    checkKeys(
      parameter ?? {},
      ["type", "text", "parameter_name"],
      "message[template][components][parameters]",
    );
    const value = asText(parameter?.text);
    if (value === undefined || value === "")
      throw invalidParameter(`Parameter "${name}" is missing`, 1893029);
    if (/[#$%]|\p{Extended_Pictographic}/u.test(value)) {
      throw invalidParameter("Parameter values can't contain #, $, % or emoji", 1893043);
    }
    filled = filled.replaceAll(new RegExp(`\\{\\{\\s*${name}\\s*\\}\\}`, "g"), () => value);
  }
  return filled;
}

function fillButtons(template: UtilityTemplate, parameters: JsonRecord[]): JsonRecord[] {
  const buttons = asRecords(componentOf(template, "BUTTONS")?.buttons);
  const left = [...parameters];
  return buttons.map((button) => {
    const title = asText(button.text) ?? "";
    const type = asText(button.type)?.toUpperCase();
    if (type === "PHONE_NUMBER")
      return { type: "phone_number", title, payload: asText(button.phone_number) ?? "" };
    const pattern = asText(type === "URL" ? button.url : button.payload) ?? "";
    const isOpen = type === "POSTBACK" || placeholders(pattern).length > 0;
    const index = left.findIndex((given) => asText(given.type)?.toUpperCase() === type);
    const given = index < 0 ? undefined : left.splice(index, 1)[0];
    if (isOpen && given === undefined)
      throw invalidParameter(`A parameter for the button "${title}" is missing`, 1893029);
    if (type === "URL")
      return { type: "web_url", title, url: pattern.replace(/\{\{[^{}]*\}\}/, asText(given?.url) ?? "") };
    return {
      type: "postback",
      title,
      payload: pattern === "" ? (asText(given?.payload) ?? "") : fillPayload(pattern, given),
    };
  });
}

function fillPayload(pattern: string, given: JsonRecord | undefined): string {
  return pattern.replace(/\{\{[^{}]*\}\}/, () => asText(given?.payload) ?? "");
}
