import { m } from "#lib/paraglide/messages.js";
import type { Content } from "../api/templates.ts";
import { DEFAULT_LANGUAGE, languageLabel } from "../ui/contact_languages.ts";
import {
  type ContentDraft,
  contentDraft,
  contentOf,
  contentProblems,
  emptyContent,
} from "./content_draft.ts";

/** An automatic message while it is written; switched off it is kept for the moment, and not stored. */
export interface TranslatedDraft {
  isOn: boolean;
  content: ContentDraft;
  translations: { language: string; content: ContentDraft }[];
}

export function translatedDraft(
  content: Content | null,
  translations: Readonly<Record<string, Content>>,
): TranslatedDraft {
  return {
    isOn: content !== null,
    content: content ? contentDraft(content) : emptyContent(),
    translations: Object.entries(translations).map(([language, one]) => ({
      language,
      content: contentDraft(one),
    })),
  };
}

/** The content for this language if there is one; otherwise the default. */
export function contentIn({ content, translations }: TranslatedDraft, language: string): ContentDraft {
  return translations.find((one) => one.language === language)?.content ?? content;
}

/** The stored form. */
export function translatedOf({ isOn, content, translations }: TranslatedDraft): {
  content: Content | null;
  translations: Record<string, Content>;
} {
  if (!isOn) return { content: null, translations: {} };
  return {
    content: contentOf(content),
    translations: Object.fromEntries(translations.map((one) => [one.language, contentOf(one.content)])),
  };
}

/** The first thing that keeps it from being saved, and in which language; null: nothing. */
export function translatedProblem(draft: TranslatedDraft): { language: string; problem: string } | null {
  if (!draft.isOn) return null;
  const all = [{ language: DEFAULT_LANGUAGE, content: draft.content }, ...draft.translations];
  for (const { language, content } of all) {
    const [problem] = contentProblems(content);
    if (problem !== undefined) return { language, problem };
  }
  return null;
}

/** The same in words, after the name of the message. */
export function problemWords(name: string, draft: TranslatedDraft): string | null {
  const found = translatedProblem(draft);
  if (found === null) return null;
  const { language, problem } = found;
  return language === DEFAULT_LANGUAGE
    ? m.templates_problem_in({ name, problem })
    : m.templates_problem_in_language({ name, language: languageLabel(language), problem });
}
