import { m } from "#lib/paraglide/messages.js";
import type { ListedContact } from "../api/types.ts";
import type { CustomField } from "../api/labels.ts";
import { formatLocale } from "../ui/language.ts";

const STORED = "messagesender.contact-columns.";
const FIELD = "field:";

export const MOST_COLUMNS = 6;

/** Columns that every workspace has, in their order. */
export const BUILT_IN = [
  { key: "tags", name: m.contacts_column_tags() },
  { key: "page", name: m.contacts_column_page() },
  { key: "window", name: m.contacts_column_window() },
  { key: "engagement", name: m.contacts_column_engagement() },
  { key: "source", name: m.contacts_column_source() },
  { key: "created", name: m.contacts_column_created() },
  { key: "last", name: m.contacts_column_last() },
] as const;
const USUAL: readonly string[] = ["tags", "page", "window", "last"];

export interface ContactColumn {
  key: string;
  name: string;
  /** Null for one that every workspace has. */
  field: CustomField | null;
}

/** The columns that this person chose for a workspace's contacts, in this browser. */
export class ContactColumns {
  readonly #key: string;
  #chosen = $state.raw<readonly string[]>(USUAL);

  constructor(workspaceId: string) {
    this.#key = STORED + workspaceId;
    this.#chosen = read(this.#key);
  }

  has(key: string): boolean {
    return this.#chosen.includes(key);
  }

  get isFull(): boolean {
    return this.#chosen.length >= MOST_COLUMNS;
  }

  get hasFields(): boolean {
    return this.#chosen.some((key) => key.startsWith(FIELD));
  }

  /** The choices. */
  all(fields: readonly CustomField[]): ContactColumn[] {
    return [
      ...BUILT_IN.map((column) => ({ ...column, field: null })),
      ...fields.map((field) => ({ key: FIELD + field.id, name: field.label, field })),
    ];
  }

  /** Those that are shown, in the order of all; a field that was deleted is gone by itself. */
  shown(fields: readonly CustomField[]): ContactColumn[] {
    const order = (key: string) => (key === "last" ? 1 : 0);
    return this.all(fields)
      .filter(({ key }) => this.has(key))
      .toSorted((a, b) => order(a.key) - order(b.key));
  }

  toggle(key: string): void {
    const others = this.#chosen.filter((one) => one !== key);
    if (others.length === this.#chosen.length && this.isFull) return;
    this.#keep(others.length < this.#chosen.length ? others : [...others, key]);
  }

  reset(): void {
    this.#keep(USUAL);
  }

  #keep(chosen: readonly string[]): void {
    this.#chosen = chosen;
    try {
      localStorage.setItem(this.#key, JSON.stringify(chosen));
    } catch {
      // A browser without room shows them until the screen is left.
    }
  }
}

function read(key: string): readonly string[] {
  try {
    const found: unknown = JSON.parse(localStorage.getItem(key) ?? "null");
    if (!Array.isArray(found)) return USUAL;
    return found.filter((one): one is string => typeof one === "string").slice(0, MOST_COLUMNS);
  } catch {
    return USUAL;
  }
}

const day = new Intl.DateTimeFormat(formatLocale, { dateStyle: "medium", timeZone: "UTC" });
const decimal = new Intl.NumberFormat(formatLocale, { maximumFractionDigits: 6 });

/** A custom field's value as a list shows it; empty where it has none. */
export function fieldWords({ type, key }: CustomField, { fields }: ListedContact): string {
  const value = fields?.[key];
  if (value === undefined) return "";
  if (typeof value === "boolean") return value ? m.ui_yes() : m.ui_no();
  if (typeof value === "number") return decimal.format(value);
  return type === "date" && !Number.isNaN(Date.parse(value)) ? day.format(Date.parse(value)) : value;
}

/** The grid of head and rows: the name, and so many columns beside it. */
export const columnsStyle = (count: number): string =>
  `--columns: minmax(11rem, 1.6fr)${count === 0 ? "" : ` repeat(${count}, minmax(0, 1fr))`}`;
