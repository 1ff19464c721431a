import { plural } from "./format.ts";

/** 1 person, 5,998 people */
export function contactCount(count: number): string {
  return count === 1 ? "1 person" : plural(count, "person").replace(/persons$/, "people");
}
