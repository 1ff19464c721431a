import { contactCount } from "../ui/contact_count.ts";

const DONE: Record<string, (contacts: string) => string> = {
  addTags: (contacts) => `Tagged ${contacts}`,
  removeTags: (contacts) => `Took the tag from ${contacts}`,
  subscribe: (contacts) => `Subscribed ${contacts}`,
  unsubscribe: (contacts) => `Unsubscribed ${contacts}`,
  assign: (contacts) => `Assigned ${contacts}`,
  addToSegment: (contacts) => `Put ${contacts} into the segment`,
  delete: (contacts) => `Deleted ${contacts}`,
};

const DOING: Record<string, (names: readonly string[]) => string> = {
  addTags: (names) => `Adding ${tagsCalled(names)}`,
  removeTags: (names) => `Taking ${tagsCalled(names)} away`,
  subscribe: () => "Subscribing",
  unsubscribe: () => "Unsubscribing",
  assign: ([name]) => (name === undefined ? "Giving to nobody" : `Giving to ${name}`),
  addToSegment: ([name]) => `Putting into ${name === undefined ? "a segment" : `the segment ${name}`}`,
  delete: () => "Deleting",
};

function tagsCalled(names: readonly string[]): string {
  if (names.length === 0) return "a tag";
  return `the ${names.length === 1 ? "tag" : "tags"} ${names.join(", ")}`;
}

/** What a bulk action did, for its toast. Those for whom nothing changed are not counted. */
export function bulkDone(action: string, changed: number): string {
  if (changed === 0) return "Nothing had to be changed";
  return DONE[action]?.(contactCount(changed)) ?? `Changed ${contactCount(changed)}`;
}

/** What a bulk action does, to what it names. */
export function bulkDoing(action: string | null, names: readonly string[]): string {
  return (action === null ? undefined : DOING[action]?.(names)) ?? "Changing contacts";
}
