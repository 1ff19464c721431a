import { type Fields, fieldsList, fieldsOf, textOf } from "../graph_fields.ts";

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
  /** What a person may leave out, because the template itself has it. */
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

/** The names in `{{…}}`, in order and without repeats. */
export function placeholdersOf(text: string): string[] {
  return [...new Set([...text.matchAll(/\{\{\s*([A-Za-z0-9_]+)\s*\}\}/g)].map(([, name = ""]) => name))];
}

/** The `template` of a Send API message. Values that are not given are empty. */
export function utilityMessage(
  definition: UtilityDefinition,
  parameters: Readonly<Record<string, string>>,
): Fields {
  const components = utilityParameters(definition).map((group) => ({
    type: group.type,
    parameters: group.parameters.map(({ key, preset, form }) => {
      const value = parameters[key] ?? preset ?? "";
      if (form.type === "text") return { ...form, text: value };
      return form.type === "URL" ? { ...form, url: value } : { ...form, payload: value };
    }),
  }));
  const { name, language } = definition;
  return {
    template: { name, language: { code: language }, ...(components.length > 0 ? { components } : {}) },
  };
}

/** What the person reads: the body with its values. */
export function utilityText(definition: UtilityDefinition, template: unknown): string {
  const body = fieldsList(definition.components).find((one) => textOf(one.type)?.toUpperCase() === "BODY");
  const sent = fieldsList(fieldsOf(template)?.components).find((one) => one.type === "body");
  const names = placeholdersOf(textOf(body?.text) ?? "");
  const values = fieldsList(sent?.parameters).map((one) => textOf(one.text) ?? "");
  return (textOf(body?.text) ?? "").replace(
    /\{\{\s*([A-Za-z0-9_]+)\s*\}\}/g,
    (whole, name: string) => values[names.indexOf(name)] ?? whole,
  );
}
