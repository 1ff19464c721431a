import { wholeNumber } from "../format.ts";

/** 1 person, 5,998 people */
export function peopleWords(count: number): string {
  return count === 1 ? "1 person" : `${wholeNumber(count)} people`;
}
