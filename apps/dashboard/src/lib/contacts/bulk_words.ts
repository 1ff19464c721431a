import { plural } from "../format.ts";

const DONE: Record<string, (people: string) => string> = {
  addTags: (people) => `Tagged ${people}`,
  removeTags: (people) => `Took the tag from ${people}`,
  subscribe: (people) => `Subscribed ${people}`,
  unsubscribe: (people) => `Unsubscribed ${people}`,
  assign: (people) => `Assigned ${people}`,
  addToSegment: (people) => `Put ${people} into the segment`,
  delete: (people) => `Deleted ${people}`,
};

const DOING: Record<string, string> = {
  addTags: "Adding a tag",
  removeTags: "Taking a tag away",
  subscribe: "Subscribing",
  unsubscribe: "Unsubscribing",
  assign: "Assigning",
  addToSegment: "Putting into a segment",
  delete: "Deleting",
};

export function peopleCount(count: number): string {
  return count === 1 ? "1 person" : plural(count, "person").replace(/persons$/, "people");
}

/** What a bulk action did, for its toast. Those for whom nothing changed are not counted. */
export function bulkDone(action: string, changed: number): string {
  if (changed === 0) return "Nothing had to be changed";
  return DONE[action]?.(peopleCount(changed)) ?? `Changed ${peopleCount(changed)}`;
}

export function bulkDoing(action: string | null): string {
  return (action === null ? undefined : DOING[action]) ?? "Changing contacts";
}
