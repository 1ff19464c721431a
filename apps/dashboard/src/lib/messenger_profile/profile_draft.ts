import { m } from "#lib/paraglide/messages.js";
import { languageLabel } from "../ui/contact_languages.ts";
import type { MessengerProfile } from "../api/messenger_profiles.ts";

/** Meta's limits, as the server holds to them. */
export const LIMITS = { greeting: 160, questions: 4, question: 80, items: 20, title: 30 } as const;

/** For everybody whose language has no entry of its own. */
export const EVERYBODY = "default";

export interface QuestionDraft {
  question: string;
  /** The payload for automations; the question itself if empty. */
  payload: string;
}

export interface ItemDraft {
  type: "postback" | "url";
  title: string;
  /** An address, or what automations hear; the title itself when that is left empty. */
  value: string;
}

/** Everything that people of one language see. */
export interface LanguageDraft {
  locale: string;
  greeting: string;
  questions: QuestionDraft[];
  items: ItemDraft[];
  /** People can only tap the menu, and write nothing. */
  isComposerOff: boolean;
}

export interface ProfileDraft {
  hasStart: boolean;
  startPayload: string;
  /** The one for everybody first. */
  languages: LanguageDraft[];
}

export function emptyLanguage(locale: string): LanguageDraft {
  return { locale, greeting: "", questions: [], items: [], isComposerOff: false };
}

export function profileDraft({ greeting, getStarted, iceBreakers, menu }: MessengerProfile): ProfileDraft {
  const locales = new Set([
    EVERYBODY,
    ...[...greeting, ...iceBreakers, ...menu].map(({ locale }) => locale).toSorted(),
  ]);
  const unless = (payload: string, words: string) => (payload === words ? "" : payload);
  return {
    hasStart: getStarted !== null,
    startPayload: getStarted?.payload ?? "GET_STARTED",
    languages: [...locales].map((locale) => {
      const shown = menu.find((one) => one.locale === locale);
      return {
        locale,
        greeting: greeting.find((one) => one.locale === locale)?.text ?? "",
        questions: (iceBreakers.find((one) => one.locale === locale)?.questions ?? []).map(
          ({ question, payload }) => ({ question, payload: unless(payload, question) }),
        ),
        items: (shown?.items ?? []).map((item) =>
          item.type === "url"
            ? { type: item.type, title: item.title, value: item.url }
            : { type: item.type, title: item.title, value: unless(item.payload, item.title) },
        ),
        isComposerOff: shown?.isComposerOff ?? false,
      };
    }),
  };
}

/** The stored form: empty parts of a language are left out. */
export function profileOf({ hasStart, startPayload, languages }: ProfileDraft): MessengerProfile {
  const or = (value: string, words: string) => value.trim() || words.trim();
  return {
    greeting: languages.flatMap(({ locale, greeting }) =>
      greeting.trim() === "" ? [] : [{ locale, text: greeting.trim() }],
    ),
    getStarted: hasStart ? { payload: or(startPayload, "GET_STARTED") } : null,
    iceBreakers: languages.flatMap(({ locale, questions }) =>
      questions.length === 0
        ? []
        : [
            {
              locale,
              questions: questions.map(({ question, payload }) => ({
                question: question.trim(),
                payload: or(payload, question),
              })),
            },
          ],
    ),
    menu: languages.flatMap(({ locale, items, isComposerOff }) =>
      items.length === 0
        ? []
        : [
            {
              locale,
              isComposerOff,
              items: items.map(({ type, title, value }) =>
                type === "url"
                  ? { type, title: title.trim(), url: value.trim() }
                  : { type, title: title.trim(), payload: or(value, title) },
              ),
            },
          ],
    ),
  };
}

/** The problem that prevents saving, in words; null: none. */
export function draftProblem(draft: ProfileDraft): string | null {
  const { greeting, iceBreakers, menu, getStarted } = profileOf(draft);
  for (const { locale, questions, items } of draft.languages) {
    const here = (text: string) =>
      locale === EVERYBODY ? text : m.messenger_profile_in_language({ language: languageName(locale), text });
    if (questions.some(({ question }) => question.trim() === ""))
      return here(m.messenger_profile_missing_question());
    if (items.some(({ title }) => title.trim() === "")) return here(m.messenger_profile_missing_item_title());
    if (items.some(({ type, value }) => type === "url" && !/^https?:\/\/\S+$/i.test(value.trim())))
      return here(m.messenger_profile_missing_item_url());
  }
  const parts = [
    { entries: greeting, problem: m.messenger_profile_missing_default_greeting() },
    { entries: iceBreakers, problem: m.messenger_profile_missing_default_questions() },
    { entries: menu, problem: m.messenger_profile_missing_default_menu() },
  ];
  for (const { entries, problem } of parts)
    if (entries.length > 0 && !entries.some(({ locale }) => locale === EVERYBODY)) return problem;
  if (menu.length > 0 && getStarted === null) return m.messenger_profile_missing_start();
  return null;
}

/** Languages of Messenger, by Meta's names for them. */
export const LOCALES = [
  "ar_AR",
  "cs_CZ",
  "da_DK",
  "de_DE",
  "el_GR",
  "en_GB",
  "en_US",
  "es_ES",
  "es_LA",
  "fi_FI",
  "fr_CA",
  "fr_FR",
  "he_IL",
  "hi_IN",
  "hu_HU",
  "id_ID",
  "it_IT",
  "ja_JP",
  "ko_KR",
  "ms_MY",
  "nb_NO",
  "nl_NL",
  "pl_PL",
  "pt_BR",
  "pt_PT",
  "ro_RO",
  "ru_RU",
  "sv_SE",
  "th_TH",
  "tl_PH",
  "tr_TR",
  "uk_UA",
  "vi_VN",
  "zh_CN",
  "zh_HK",
  "zh_TW",
] as const;

/** Meta's regions that are none. */
const TAGS: Record<string, string> = { es_LA: "es-419", ar_AR: "ar" };

export function languageName(locale: string): string {
  if (locale === EVERYBODY) return m.messenger_profile_language_default();
  return languageLabel(TAGS[locale] ?? locale.replace("_", "-"));
}
