import { type Fields, fieldsList, fieldsOf, textOf } from "../graph/mod.ts";
import type { MenuItem, MessengerProfile } from "./schema.ts";

/** Each part by its name at Meta. Others, such as `whitelisted_domains`, are not ours and stay as they are. */
export const metaNames = {
  greeting: "greeting",
  getStarted: "get_started",
  iceBreakers: "ice_breakers",
  menu: "persistent_menu",
} as const satisfies Record<keyof MessengerProfile, string>;

/** Without spaces around texts, languages in one order: equal profiles are then equal values. */
export function tidyProfile({ greeting, getStarted, iceBreakers, menu }: MessengerProfile): MessengerProfile {
  return {
    greeting: byLocale(greeting.map(({ locale, text }) => ({ locale, text: text.trim() }))),
    getStarted: getStarted && { payload: getStarted.payload.trim() },
    iceBreakers: byLocale(
      iceBreakers.map(({ locale, questions }) => ({
        locale,
        questions: questions.map(({ question, payload }) => ({
          question: question.trim(),
          payload: payload.trim(),
        })),
      })),
    ),
    menu: byLocale(
      menu.map(({ locale, isComposerOff, items }) => ({ locale, isComposerOff, items: items.map(tidyItem) })),
    ),
  };
}

function tidyItem(item: MenuItem): MenuItem {
  const title = item.title.trim();
  return item.type === "url"
    ? { type: item.type, title, url: item.url.trim() }
    : { type: item.type, title, payload: item.payload.trim() };
}

function byLocale<Entry extends { locale: string }>(entries: Entry[]): Entry[] {
  const rank = ({ locale }: Entry) => (locale === "default" ? "" : locale);
  return entries.toSorted((a, b) => (rank(a) < rank(b) ? -1 : 1));
}

/** One part as Meta takes it; null when there is nothing to set, so that it is deleted there. */
export function partForMeta(profile: MessengerProfile, part: keyof MessengerProfile): unknown {
  const { greeting, getStarted, iceBreakers, menu } = profile;
  switch (part) {
    case "greeting":
      return greeting.length === 0 ? null : greeting;
    case "getStarted":
      return getStarted;
    case "iceBreakers":
      return iceBreakers.length === 0
        ? null
        : iceBreakers.map(({ locale, questions }) => ({ locale, call_to_actions: questions }));
    case "menu":
      return menu.length === 0
        ? null
        : menu.map(({ locale, isComposerOff, items }) => ({
            locale,
            composer_input_disabled: isComposerOff,
            call_to_actions: items.map((item) =>
              item.type === "url"
                ? { type: "web_url", title: item.title, url: item.url }
                : { type: "postback", title: item.title, payload: item.payload },
            ),
          }));
  }
}

const mostEntries = 100;
const longest = 2_000;
const words = (value: unknown) => (textOf(value) ?? "").slice(0, longest);
const locale = /^(default|[a-z]{2,3}_[A-Z]{2})$/;

/**
 * Reads `data` of Meta's answer. Parts that our form does not have, such as nested menus of old apps, are left out. Ice
 * breakers come in two forms, and their sets have been documented as entries of `data` itself.
 */
export function profileFromMeta(data: readonly Fields[]): MessengerProfile {
  const all = (name: string) => data.flatMap((entry) => fieldsList(entry[name])).slice(0, mostEntries);
  const payload = textOf(fieldsOf(data.find((entry) => entry.get_started)?.get_started)?.payload);
  const bare = data.filter((entry) => entry.call_to_actions !== undefined);
  const asked = [...all(metaNames.iceBreakers), ...bare];
  const older = asked.filter((entry) => entry.question !== undefined);
  return tidyProfile({
    greeting: all(metaNames.greeting).flatMap((entry) => {
      const of = localeOf(entry);
      return of === null ? [] : [{ locale: of, text: words(entry.text) }];
    }),
    getStarted: payload === null ? null : { payload: payload.slice(0, longest) },
    iceBreakers: [
      ...(older.length === 0 ? [] : [{ locale: "default", questions: older.map(question) }]),
      ...asked.flatMap((entry) => {
        const of = localeOf(entry);
        const questions = fieldsList(entry.call_to_actions).slice(0, mostEntries).map(question);
        return of === null || questions.length === 0 ? [] : [{ locale: of, questions }];
      }),
    ],
    menu: all(metaNames.menu).flatMap((entry) => {
      const of = localeOf(entry);
      const items = fieldsList(entry.call_to_actions).slice(0, mostEntries).flatMap(itemFromMeta);
      return of === null
        ? []
        : [{ locale: of, isComposerOff: entry.composer_input_disabled === true, items }];
    }),
  });
}

function localeOf(entry: Fields): string | null {
  const given = textOf(entry.locale);
  return given !== null && locale.test(given) ? given : null;
}

const question = (entry: Fields) => ({ question: words(entry.question), payload: words(entry.payload) });

function itemFromMeta(entry: Fields): MenuItem[] {
  const title = words(entry.title);
  if (entry.type === "postback") return [{ type: "postback", title, payload: words(entry.payload) }];
  if (entry.type === "web_url") return [{ type: "url", title, url: words(entry.url) }];
  return [];
}
