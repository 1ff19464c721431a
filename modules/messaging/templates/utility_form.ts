import { type Fields, fieldsList, fieldsOf, textOf } from "../graph/mod.ts";
import { valueIn } from "./variables.ts";

/** A utility template as Meta keeps it, as far as a message needs it. */
export interface UtilityDefinition {
  name: string;
  language: string;
  parameterFormat: "NAMED" | "POSITIONAL";
  components: unknown;
}

export interface UtilityParameter {
  /** `order_id` of the body, `header.order_id` of the header, `button.0` of the first button. */
  key: string;
  /** Parameters with a preset in the template, which may be omitted. */
  preset: string | null;
  /** The parameter of the Send API, without its value. */
  form: { type: "text"; parameter_name?: string } | { type: "POSTBACK" } | { type: "URL" };
}

/** The parameters of each component that has any, in the order in which Meta wants them. */
export function utilityParameters(
  definition: UtilityDefinition,
): { type: "header" | "body" | "buttons"; parameters: UtilityParameter[] }[] {
  const components = fieldsList(definition.components);
  const component = (type: string) => components.find((one) => textOf(one.type)?.toUpperCase() === type);
  const texts = (type: string, prefix: string) =>
    placeholdersOf(textOf(component(type)?.text) ?? "").map((name): UtilityParameter => {
      const isNamed = definition.parameterFormat === "NAMED";
      return {
        key: `${prefix}${name}`,
        preset: null,
        form: { type: "text", ...(isNamed ? { parameter_name: name } : {}) },
      };
    });
  return [
    { type: "header" as const, parameters: texts("HEADER", "header.") },
    { type: "body" as const, parameters: texts("BODY", "") },
    {
      type: "buttons" as const,
      parameters: fieldsList(component("BUTTONS")?.buttons).flatMap(buttonParameter),
    },
  ].filter((group) => group.parameters.length > 0);
}

/** Meta wants a parameter for each POSTBACK button, and for a URL button whose address is open at its end. */
function buttonParameter(button: Fields, index: number): UtilityParameter[] {
  const key = `button.${index}`;
  const type = textOf(button.type)?.toUpperCase();
  if (type === "POSTBACK") {
    const payload = textOf(button.payload);
    const isOpen = payload === null || placeholdersOf(payload).length > 0;
    return [{ key, preset: isOpen ? null : payload, form: { type: "POSTBACK" } }];
  }
  return type === "URL" && placeholdersOf(textOf(button.url) ?? "").length > 0
    ? [{ key, preset: null, form: { type: "URL" } }]
    : [];
}

const placeholder = /\{\{\s*([A-Za-z0-9_]+)\s*\}\}/g;

/** The names in `{{…}}`, in order and without repeats. */
export function placeholdersOf(text: string): string[] {
  return [...new Set([...text.matchAll(placeholder)].map(([, name = ""]) => name))];
}

/** The `template` of a Send API message. Values that are not given are empty. */
export function utilityMessage(
  definition: UtilityDefinition,
  parameters: Readonly<Record<string, string>>,
): Fields {
  const components = utilityParameters(definition).map((group) => ({
    type: group.type,
    parameters: group.parameters.map(({ key, preset, form }) => {
      const value = valueIn(parameters, key) ?? preset ?? "";
      if (form.type === "text") return { ...form, text: value };
      return form.type === "URL" ? { ...form, url: value } : { ...form, payload: value };
    }),
  }));
  const { name, language } = definition;
  return {
    template: { name, language: { code: language }, ...(components.length > 0 ? { components } : {}) },
  };
}

/** A utility message as the person sees it. */
export interface ShownUtility {
  header: string | null;
  body: string;
  /** Titles of its buttons. */
  buttons: string[];
}

/** The visible text of a sent or filled `template`. */
export function showUtility(definition: UtilityDefinition, template: unknown): ShownUtility {
  const components = fieldsList(definition.components);
  const component = (type: string) => components.find((one) => textOf(one.type)?.toUpperCase() === type);
  const sent = fieldsList(fieldsOf(template)?.components);
  const filled = (type: string) => {
    const text = textOf(component(type.toUpperCase())?.text) ?? "";
    const names = placeholdersOf(text);
    const values = fieldsList(sent.find((one) => one.type === type)?.parameters).map((one) =>
      textOf(one.text),
    );
    return text.replace(placeholder, (whole, name: string) => values[names.indexOf(name)] ?? whole);
  };
  return {
    header: filled("header") || null,
    body: filled("body"),
    buttons: fieldsList(component("BUTTONS")?.buttons).map((button) => textOf(button.text) ?? ""),
  };
}
