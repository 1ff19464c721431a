import { m } from "#lib/paraglide/messages.js";
import {
  problemWords,
  type TranslatedDraft,
  translatedDraft,
  translatedOf,
} from "../templates/translated_draft.ts";
import { hoursProblem, usualHours } from "./hours.ts";
import type { AutoReplies, BusinessHours } from "../api/auto_replies.ts";

export interface AutoRepliesDraft {
  welcome: TranslatedDraft;
  away: TranslatedDraft;
  hasHours: boolean;
  hours: BusinessHours;
}

export function autoRepliesDraft(
  { welcome, away, businessHours, translations }: AutoReplies,
  timezone: string,
): AutoRepliesDraft {
  return {
    welcome: translatedDraft(welcome, translations.welcome),
    away: translatedDraft(away, translations.away),
    hasHours: businessHours !== null,
    hours: businessHours ?? usualHours(timezone),
  };
}

/** Without hours nobody is ever away, so an away message brings its hours; once set they stay. */
export function autoRepliesOf({ welcome, away, hasHours, hours }: AutoRepliesDraft): AutoReplies {
  const [first, second] = [translatedOf(welcome), translatedOf(away)];
  return {
    welcome: first.content,
    away: second.content,
    businessHours: away.isOn || hasHours ? hours : null,
    translations: { welcome: first.translations, away: second.translations },
  };
}

export function autoRepliesProblem({ welcome, away, hours }: AutoRepliesDraft): string | null {
  return (
    problemWords(m.auto_replies_welcome(), welcome) ??
    problemWords(m.auto_replies_away(), away) ??
    (away.isOn ? hoursProblem(hours) : null)
  );
}
