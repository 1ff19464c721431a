import { type FieldError, fieldError, type Sentence } from "#std";
import type { MenuItem, MessengerProfile } from "./schema.ts";
import { problem, say } from "./problems.ts";

// Meta's Messenger Profile reference (2026) and its error texts.
const limits = { greeting: 160, questions: 4, question: 80, payload: 1_000, items: 20, title: 30 } as const;

const knownNames = new Set(["user_first_name", "user_last_name", "user_full_name"]);
const webAddress = /^https?:\/\/[^\s/?#@]+(?:[/?#]\S*)?$/i;

/** Throws Problem `profile-invalid` with everything that Meta would refuse, by its place. */
export function checkProfile(profile: MessengerProfile): void {
  const errors = profileProblems(profile);
  const [first] = errors;
  if (first) throw problem("profile-invalid", { mistake: first.message }, { errors });
}

/** Everything that Meta would refuse, by its place. */
export function profileProblems({ greeting, getStarted, iceBreakers, menu }: MessengerProfile): FieldError[] {
  const errors: FieldError[] = [];
  const fail = (path: string, mistake: Sentence) => errors.push(fieldError(path, mistake));
  const length = (path: string, text: string, most: number) => {
    const count = [...text].length;
    if (text.trim() === "") fail(path, say("profile-text-empty"));
    if (count > most) fail(path, say("profile-text-too-long", { count, most }));
  };
  const count = (path: string, given: number, most: number) => {
    if (given === 0) fail(path, say("profile-list-empty"));
    if (given > most) fail(path, say("profile-list-too-long", { count: given, most }));
  };

  for (const [index, { text }] of greeting.entries()) {
    length(`/greeting/${index}/text`, text, limits.greeting);
    const strange = placeholdersOf(text).find((name) => !knownNames.has(name));
    if (strange !== undefined)
      fail(
        `/greeting/${index}/text`,
        say("profile-placeholder-unknown", {
          placeholder: `{{${strange}}}`,
          known: `{{${[...knownNames].join("}}, {{")}}}`,
        }),
      );
  }
  if (getStarted) length("/getStarted/payload", getStarted.payload, limits.payload);
  for (const [index, { questions }] of iceBreakers.entries()) {
    count(`/iceBreakers/${index}/questions`, questions.length, limits.questions);
    for (const [at, { question, payload }] of questions.entries()) {
      length(`/iceBreakers/${index}/questions/${at}/question`, question, limits.question);
      length(`/iceBreakers/${index}/questions/${at}/payload`, payload, limits.payload);
    }
  }
  for (const [index, { items }] of menu.entries()) {
    count(`/menu/${index}/items`, items.length, limits.items);
    for (const [at, item] of items.entries()) checkItem(`/menu/${index}/items/${at}`, item);
  }
  if (menu.length > 0 && !getStarted) fail("/getStarted", say("profile-get-started-missing"));
  for (const [name, entries] of Object.entries({ greeting, iceBreakers, menu })) checkLocales(name, entries);
  return errors;

  function checkItem(path: string, item: MenuItem): void {
    length(`${path}/title`, item.title, limits.title);
    if (item.type === "postback") length(`${path}/payload`, item.payload, limits.payload);
    else if (!webAddress.test(item.url)) fail(`${path}/url`, say("profile-address-invalid"));
  }

  function checkLocales(name: string, entries: readonly { locale: string }[]): void {
    const locales = entries.map(({ locale }) => locale);
    if (locales.length > 0 && !locales.includes("default")) fail(`/${name}`, say("profile-default-missing"));
    const twice = locales.find((locale, at) => locales.indexOf(locale) !== at);
    if (twice !== undefined) fail(`/${name}`, say("profile-language-twice", { locale: twice }));
  }
}

function placeholdersOf(text: string): string[] {
  return [...text.matchAll(/\{\{([^{}]*)\}\}/g)].flatMap((match) => match[1]?.trim() ?? []);
}
