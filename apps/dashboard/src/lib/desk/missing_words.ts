import { m } from "#lib/paraglide/messages.js";

/** Things that have a screen of their own. */
export type Missing = "campaign" | "contact" | "conversation" | "page" | "segment" | "sequence" | "template";

export const MISSING_WORDS: Record<Missing, { missing: string; back: string; unloaded: string }> = {
  campaign: {
    missing: m.desk_missing_campaign(),
    back: m.desk_back_to_campaign(),
    unloaded: m.desk_unloaded_campaign(),
  },
  contact: {
    missing: m.desk_missing_contact(),
    back: m.desk_back_to_contact(),
    unloaded: m.desk_unloaded_contact(),
  },
  conversation: {
    missing: m.desk_missing_conversation(),
    back: m.desk_back_to_conversation(),
    unloaded: m.desk_unloaded_conversation(),
  },
  page: { missing: m.desk_missing_page(), back: m.desk_back_to_page(), unloaded: m.desk_unloaded_page() },
  segment: {
    missing: m.desk_missing_segment(),
    back: m.desk_back_to_segment(),
    unloaded: m.desk_unloaded_segment(),
  },
  sequence: {
    missing: m.desk_missing_sequence(),
    back: m.desk_back_to_sequence(),
    unloaded: m.desk_unloaded_sequence(),
  },
  template: {
    missing: m.desk_missing_template(),
    back: m.desk_back_to_template(),
    unloaded: m.desk_unloaded_template(),
  },
};
