import { m } from "#lib/paraglide/messages.js";
import type { MessengerProfile } from "../api/messenger_profiles.ts";
import { EVERYBODY, languageName } from "./profile_draft.ts";

/** One part of a profile that is not the same in two places, in words. */
export interface Difference {
  name: string;
  here: string;
  atMeta: string;
}

const PARTS: { name: string; words: (profile: MessengerProfile) => string[] }[] = [
  {
    name: m.messenger_profile_greeting(),
    words: ({ greeting }) => greeting.map(({ locale, text }) => inLanguage(locale, text)),
  },
  {
    name: m.messenger_profile_start(),
    words: ({ getStarted }) =>
      getStarted ? [m.messenger_profile_differs_start({ payload: getStarted.payload })] : [],
  },
  {
    name: m.messenger_profile_questions(),
    words: ({ iceBreakers }) =>
      iceBreakers.flatMap(({ locale, questions }) =>
        questions.map(({ question, payload }) =>
          inLanguage(locale, payload === question ? question : `${question} → ${payload}`),
        ),
      ),
  },
  {
    name: m.messenger_profile_menu(),
    words: ({ menu }) =>
      menu.flatMap(({ locale, isComposerOff, items }) => [
        ...items.map((item) =>
          inLanguage(locale, `${item.title} → ${item.type === "url" ? item.url : item.payload}`),
        ),
        ...(isComposerOff ? [inLanguage(locale, m.messenger_profile_menu_only())] : []),
      ]),
  },
];

export function differences(here: MessengerProfile, atMeta: MessengerProfile): Difference[] {
  return PARTS.flatMap(({ name, words }) => {
    const [ours, theirs] = [words(here).join("\n"), words(atMeta).join("\n")];
    return ours === theirs
      ? []
      : [
          {
            name,
            here: ours || m.messenger_profile_differs_nothing(),
            atMeta: theirs || m.messenger_profile_differs_nothing(),
          },
        ];
  });
}

function inLanguage(locale: string, text: string): string {
  return locale === EVERYBODY
    ? text
    : m.messenger_profile_in_language({ language: languageName(locale), text });
}
