import type { ContactFilter, ContactQuery } from "../api/contacts.ts";
import type { Conditions } from "../api/segments.ts";
import { CONSENT, ENGAGEMENT, SORTS, WINDOWS } from "./filter_choices.ts";

/** How a list of contacts is narrowed and ordered. */
export type ListFilter = Omit<ContactQuery, "limit" | "cursor" | "fields">;

const TEXTS = ["search", "pageId", "tagId", "segmentId", "source"] as const;

/** The query of the screen's address, so going back finds the same list. */
export function filterToAddress(filter: ListFilter): string {
  return new URLSearchParams(Object.entries(filter)).toString();
}

export function filterOfAddress(query: Pick<URLSearchParams, "get">): ListFilter {
  const filter: ListFilter = {};
  for (const name of TEXTS) {
    const value = query.get(name);
    if (value !== null && value !== "") filter[name] = value;
  }
  const engagement = ENGAGEMENT.find((one) => one.value === query.get("engagement"))?.value;
  const window = WINDOWS.find((one) => one.value === query.get("window"))?.value;
  const subscribed = CONSENT.find((one) => one.value === query.get("subscribed"))?.value;
  const sort = SORTS.find((one) => one.value === query.get("sort"))?.value;
  const conditions = query.get("conditions");
  return {
    ...filter,
    ...(conditions === null || readConditions(conditions) === null ? {} : { conditions }),
    ...(engagement === undefined ? {} : { engagement }),
    ...(window === undefined ? {} : { window }),
    ...(subscribed === undefined ? {} : { subscribed }),
    ...(sort === undefined || sort === "newest" ? {} : { sort }),
  };
}

/** The filter for a bulk action or an export: whom the list shows, in no order. */
export function filterBody({ subscribed, conditions, sort: _sort, ...filter }: ListFilter): ContactFilter {
  const tree = conditions === undefined ? null : readConditions(conditions);
  return {
    ...filter,
    ...(subscribed === undefined ? {} : { subscribed: subscribed === "true" }),
    ...(tree === null ? {} : { conditions: tree }),
  };
}

/** A tree as the address holds it; null if somebody broke it. The server checks its content. */
export function readConditions(text: string): Conditions | null {
  try {
    const tree: unknown = JSON.parse(text);
    return isTree(tree) ? tree : null;
  } catch {
    return null;
  }
}

function isTree(value: unknown): value is Conditions {
  return (
    typeof value === "object" && value !== null && "conditions" in value && Array.isArray(value.conditions)
  );
}

/** How many conditions a tree has, in all its groups. */
export function countOfConditions({ conditions }: Conditions): number {
  return conditions.reduce((sum, part) => sum + ("match" in part ? countOfConditions(part) : 1), 0);
}
