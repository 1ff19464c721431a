import { m } from "#lib/paraglide/messages.js";
import type { UtilityTemplate } from "../api/utility_templates.ts";

/** One template as people think of it: the same name and language on some pages. */
export interface UtilityGroup {
  key: string;
  name: string;
  language: string;
  /** On each page that has it; their words may differ, Meta knows them apart by page. */
  pages: UtilityTemplate[];
}

export function groupUtility(templates: readonly UtilityTemplate[]): UtilityGroup[] {
  const groups = Map.groupBy(templates, ({ name, language }) => `${name} ${language}`);
  return [...groups].flatMap(([key, pages]) => {
    const [first] = pages;
    return first ? [{ key, name: first.name, language: first.language, pages }] : [];
  });
}

/** The values of a template, with the given ones; values with a preset at Meta are optional. */
export function wantedParameters(
  template: UtilityTemplate | undefined,
  had: Readonly<Record<string, string>>,
): Record<string, string> {
  const wanted = template?.parameters.filter(({ preset }) => preset === null) ?? [];
  return Object.fromEntries(wanted.map(({ key }) => [key, had[key] ?? ""]));
}

const TONES: Record<string, { name: string; tone: string }> = {
  APPROVED: { name: m.templates_status_approved(), tone: "bg-good-soft text-good" },
  PENDING: { name: m.templates_status_pending(), tone: "bg-accent-soft text-accent-ink" },
  REJECTED: { name: m.templates_status_rejected(), tone: "bg-bad-soft text-bad" },
  PAUSED: { name: m.templates_status_paused(), tone: "bg-warn-soft text-warn" },
  DISABLED: { name: m.templates_status_disabled(), tone: "bg-bad-soft text-bad" },
};

/** Meta's status in words; one that this version does not know is shown as Meta spells it. */
export function utilityStatus(status: string): { name: string; tone: string } {
  return TONES[status] ?? { name: status, tone: "bg-sunken text-muted" };
}

/** The readable name of a template's value: `order_id`, `Value 1`, `Header: name`, `Button 1`. */
export function parameterName(key: string): string {
  const [place, rest] = key.split(".");
  if (place === "header" && rest !== undefined) return m.templates_parameter_header({ name: rest });
  if (place === "button" && rest !== undefined)
    return m.templates_parameter_button({ number: Number(rest) + 1 });
  return /^\d+$/.test(key) ? m.templates_parameter_value({ number: key }) : key;
}

/** The names in `{{…}}`, in order and without repeats. */
export function placeholdersOf(text: string): string[] {
  return [...new Set([...text.matchAll(/\{\{\s*([A-Za-z0-9_]+)\s*\}\}/g)].map(([, name = ""]) => name))];
}
