/** Texts for people who open a link of a message, in English: `words.ts` has the languages. */
export const en = {
  "link.missing": "Link not found",
  "link.missing.why":
    "This link is incomplete, or its message was deleted. Check that the address is complete.",
};
