import { m } from "#lib/paraglide/messages.js";
import { wholeNumber } from "../ui/format.ts";
import { formatLocale } from "../ui/language.ts";

const DONE: Record<string, (contacts: { count: number; shown: string }) => string> = {
  addTags: m.transfers_done_tagged,
  removeTags: m.transfers_done_untagged,
  subscribe: m.transfers_done_subscribed,
  unsubscribe: m.transfers_done_unsubscribed,
  assign: m.transfers_done_assigned,
  addToSegment: m.transfers_done_segment,
  delete: m.transfers_done_deleted,
};

const DOING: Record<string, (names: readonly string[]) => string> = {
  addTags: (names) =>
    names.length === 0 ? m.transfers_adding_a_tag() : m.transfers_adding_tags(listed(names)),
  removeTags: (names) =>
    names.length === 0 ? m.transfers_removing_a_tag() : m.transfers_removing_tags(listed(names)),
  subscribe: () => m.transfers_subscribing(),
  unsubscribe: () => m.transfers_unsubscribing(),
  assign: ([name]) => (name === undefined ? m.transfers_unassigning() : m.transfers_assigning({ name })),
  addToSegment: ([name]) =>
    name === undefined ? m.transfers_adding_to_a_segment() : m.transfers_adding_to_segment({ name }),
  delete: () => m.transfers_deleting(),
};

const lists = new Intl.ListFormat(formatLocale, { type: "unit" });

const listed = (names: readonly string[]) => ({ count: names.length, names: lists.format(names) });

/** The result of a bulk action for its toast. Unchanged contacts are not counted. */
export function bulkDone(action: string, changed: number): string {
  if (changed === 0) return m.transfers_done_nothing();
  return (DONE[action] ?? m.transfers_done_changed)({ count: changed, shown: wholeNumber(changed) });
}

/** The name of a bulk action with its tag or field. */
export function bulkDoing(action: string | null, names: readonly string[]): string {
  return (action === null ? undefined : DOING[action]?.(names)) ?? m.transfers_changing();
}
