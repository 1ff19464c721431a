import type { MessengerProfile } from "../api/messenger_profiles.ts";
import { EVERYBODY, languageName } from "./profile_draft.ts";

/** One part of a profile that is not the same in two places, in words. */
export interface Difference {
  name: string;
  here: string;
  atMeta: string;
}

const PARTS: { name: string; words: (profile: MessengerProfile) => string[] }[] = [
  { name: "Greeting", words: ({ greeting }) => greeting.map(({ locale, text }) => inLanguage(locale, text)) },
  { name: "Get Started", words: ({ getStarted }) => (getStarted ? [`On, says ${getStarted.payload}`] : []) },
  {
    name: "Questions to tap",
    words: ({ iceBreakers }) =>
      iceBreakers.flatMap(({ locale, questions }) =>
        questions.map(({ question, payload }) =>
          inLanguage(locale, payload === question ? question : `${question} → ${payload}`),
        ),
      ),
  },
  {
    name: "Menu",
    words: ({ menu }) =>
      menu.flatMap(({ locale, isComposerOff, items }) => [
        ...items.map((item) =>
          inLanguage(locale, `${item.title} → ${item.type === "url" ? item.url : item.payload}`),
        ),
        ...(isComposerOff ? [inLanguage(locale, "Only the menu")] : []),
      ]),
  },
];

export function differences(here: MessengerProfile, atMeta: MessengerProfile): Difference[] {
  return PARTS.flatMap(({ name, words }) => {
    const [ours, theirs] = [words(here).join("\n"), words(atMeta).join("\n")];
    return ours === theirs ? [] : [{ name, here: ours || "Nothing", atMeta: theirs || "Nothing" }];
  });
}

function inLanguage(locale: string, text: string): string {
  return locale === EVERYBODY ? text : `${languageName(locale)}: ${text}`;
}
