import { m } from "#lib/paraglide/messages.js";

export interface Emoji {
  sign: string;
  /** Its search words. */
  words: string;
}

/** The signs that people use when they answer customers; every other one can be typed or pasted. */
export const EMOJI: readonly Emoji[] = m
  .inbox_emoji_list()
  .split("|")
  .map((entry) => {
    const [sign = "", ...words] = entry.split(" ");
    return { sign, words: words.join(" ") };
  });
