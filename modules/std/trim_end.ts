/**
 * The text without trailing characters that match the pattern. Linear: a pattern such as `/=+$/` restarts at each `=`
 * of a long run, and 60,000 take seconds.
 */
export function trimEnd(text: string, oneCharacter: RegExp): string {
  let end = text.length;
  while (end > 0 && oneCharacter.test(text.charAt(end - 1))) end -= 1;
  return text.slice(0, end);
}
