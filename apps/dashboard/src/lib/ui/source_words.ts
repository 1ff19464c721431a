const WORDS = new Map([
  ["organic", "On their own"],
  ["ad", "An ad"],
  ["link", "A link"],
  ["comment", "A comment on a post"],
  ["import", "An import"],
  ["manual", "Added by hand"],
]);

export const sources: readonly string[] = [...WORDS.keys()];

/** How a person came to the page, in words. */
export function sourceWords(source: string): string {
  return WORDS.get(source) ?? source;
}
