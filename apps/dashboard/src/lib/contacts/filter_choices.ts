import type { Contact } from "../api/types.ts";
import type { ContactFilterQuery, ContactQuery } from "../api/contacts.ts";
import { sources, sourceWords } from "../ui/source_words.ts";

interface Choice<Value extends string> {
  value: Value;
  name: string;
}

export const ENGAGEMENT: readonly Choice<NonNullable<ContactFilterQuery["engagement"]>>[] = [
  { value: "new", name: "New" },
  { value: "hot", name: "Hot" },
  { value: "warm", name: "Warm" },
  { value: "cold", name: "Cold" },
  { value: "inactive", name: "Inactive" },
];

export const WINDOWS: readonly Choice<NonNullable<ContactFilterQuery["window"]>>[] = [
  { value: "open", name: "Open" },
  { value: "human", name: "Only a person may answer" },
  { value: "closed", name: "Closed" },
];

export const CONSENT: readonly Choice<NonNullable<ContactFilterQuery["subscribed"]>>[] = [
  { value: "true", name: "Subscribed" },
  { value: "false", name: "Unsubscribed" },
];

export const SOURCES = sources.map((value) => ({ value, name: sourceWords(value) }));

export const SORTS: readonly Choice<NonNullable<ContactQuery["sort"]>>[] = [
  { value: "newest", name: "Newest first" },
  { value: "oldest", name: "Oldest first" },
  { value: "name", name: "By name" },
  { value: "lastInteraction", name: "Last wrote" },
];

export function nameOf(choices: readonly Choice<string>[], value: string): string {
  return choices.find((one) => one.value === value)?.name ?? value;
}

const byScore = "By when and how often they wrote, and whether they read or answer campaigns";

/** Why a person counts as that. */
export const ENGAGEMENT_MEANS: Record<Contact["engagement"], string> = {
  new: "Known for less than 7 days",
  hot: byScore,
  warm: byScore,
  cold: byScore,
  inactive: "Never wrote, or not for 90 days",
};
