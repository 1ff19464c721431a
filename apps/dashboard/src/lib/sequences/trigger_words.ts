import { m } from "#lib/paraglide/messages.js";
import { wholeNumber } from "../ui/format.ts";
import { formatLocale } from "../ui/language.ts";
import type { Labels } from "../labels/labels.svelte.ts";
import type { TriggerDraft } from "./sequence_draft.ts";
import type { Trigger } from "../api/sequences.ts";

export const TRIGGERS: readonly { value: TriggerDraft["kind"]; name: string; about: string }[] = [
  { value: "keyword", name: m.sequences_trigger_keyword(), about: m.sequences_trigger_keyword_about() },
  {
    value: "new_contact",
    name: m.sequences_trigger_new_contact(),
    about: m.sequences_trigger_new_contact_about(),
  },
  {
    value: "postback",
    name: m.sequences_trigger_postback(),
    about: m.sequences_trigger_postback_about(),
  },
  { value: "tag_added", name: m.sequences_trigger_tag(), about: m.sequences_trigger_tag_about() },
  { value: "field_matches", name: m.sequences_trigger_field(), about: m.sequences_trigger_field_about() },
  {
    value: "inactivity",
    name: m.sequences_trigger_inactivity(),
    about: m.sequences_trigger_inactivity_about(),
  },
  { value: "by_hand", name: m.sequences_trigger_manual(), about: m.sequences_trigger_manual_about() },
];

const oneOf = new Intl.ListFormat(formatLocale, { type: "disjunction" });

/** One line of what begins a sequence. */
export function triggerWords(trigger: Trigger | null, labels: Labels): string {
  switch (trigger?.kind) {
    case undefined:
      return m.sequences_trigger_manual();
    case "keyword":
      return (trigger.how === "is" ? m.sequences_words_is : m.sequences_words_contains)({
        words: oneOf.format(trigger.words.map((word) => m.sequences_quoted({ word }))),
      });
    case "new_contact":
      return m.sequences_trigger_new_contact();
    case "postback":
      return m.sequences_words_postback({ payload: trigger.payload });
    case "tag_added": {
      const tag = labels.tag(trigger.tagId)?.name;
      return tag === undefined ? m.sequences_words_tag_deleted() : m.sequences_words_tag({ tag });
    }
    case "field_matches": {
      const field = labels.fields.find((one) => one.id === trigger.fieldId);
      const value = String(trigger.value);
      return field === undefined
        ? m.sequences_words_field_deleted({ value })
        : m.sequences_words_field({ field: field.label, value });
    }
    case "inactivity":
      return "days" in trigger
        ? m.sequences_words_inactive_days({ count: trigger.days, shown: wholeNumber(trigger.days) })
        : m.sequences_words_inactive_hours({ count: trigger.hours, shown: wholeNumber(trigger.hours) });
  }
}
