import { m } from "#lib/paraglide/messages.js";
import type { Contact } from "../api/types.ts";
import type { ContactFilterQuery, ContactQuery } from "../api/contacts.ts";
import { sources, sourceWords } from "../ui/source_words.ts";

interface Choice<Value extends string> {
  value: Value;
  name: string;
}

export const ENGAGEMENT: readonly Choice<NonNullable<ContactFilterQuery["engagement"]>>[] = [
  { value: "new", name: m.contacts_engagement_new() },
  { value: "hot", name: m.contacts_engagement_hot() },
  { value: "warm", name: m.contacts_engagement_warm() },
  { value: "cold", name: m.contacts_engagement_cold() },
  { value: "inactive", name: m.contacts_engagement_inactive() },
];

export const WINDOWS: readonly Choice<NonNullable<ContactFilterQuery["window"]>>[] = [
  { value: "open", name: m.contacts_window_open() },
  { value: "human", name: m.contacts_window_human() },
  { value: "closed", name: m.contacts_window_closed() },
];

export const CONSENT: readonly Choice<NonNullable<ContactFilterQuery["subscribed"]>>[] = [
  { value: "true", name: m.contacts_subscribed() },
  { value: "false", name: m.contacts_unsubscribed() },
];

export const SOURCES = sources.map((value) => ({ value, name: sourceWords(value) }));

export const SORTS: readonly Choice<NonNullable<ContactQuery["sort"]>>[] = [
  { value: "newest", name: m.contacts_sort_newest() },
  { value: "oldest", name: m.contacts_sort_oldest() },
  { value: "name", name: m.contacts_sort_name() },
  { value: "lastInteraction", name: m.contacts_last_message() },
];

export function nameOf(choices: readonly Choice<string>[], value: string): string {
  return choices.find((one) => one.value === value)?.name ?? value;
}

const byScore = m.contacts_engagement_by_score();

/** Why a person counts as that. */
export const ENGAGEMENT_MEANS: Record<Contact["engagement"], string> = {
  new: m.contacts_engagement_new_means(),
  hot: byScore,
  warm: byScore,
  cold: byScore,
  inactive: m.contacts_engagement_inactive_means(),
};
