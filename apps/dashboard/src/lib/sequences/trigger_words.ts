import { plural } from "../ui/format.ts";
import type { Labels } from "../labels/labels.svelte.ts";
import type { TriggerDraft } from "./sequence_draft.ts";
import type { Trigger } from "../api/sequences.ts";

export const TRIGGERS: readonly { value: TriggerDraft["kind"]; name: string; about: string }[] = [
  { value: "keyword", name: "Somebody writes a word", about: "Counts from the moment the sequence runs." },
  {
    value: "new_contact",
    name: "Somebody writes for the first time",
    about: "Each new person, on the pages below.",
  },
  {
    value: "postback",
    name: "Somebody presses a button",
    about: "A button or quick reply with this payload.",
  },
  { value: "tag_added", name: "A tag is given", about: "By a person, an import or a bulk action." },
  { value: "field_matches", name: "A field gets a value", about: "By a person, an import or the API." },
  {
    value: "inactivity",
    name: "Somebody was silent for a while",
    about:
      "Counted from their last message. It begins for people whose silence becomes that long while the sequence runs; who has been silent for longer is put in by hand, under People.",
  },
  { value: "by_hand", name: "Only by hand", about: "You put people in under People." },
];

/** One line of what begins a sequence. */
export function triggerWords(trigger: Trigger | null, labels: Labels): string {
  switch (trigger?.kind) {
    case undefined:
      return "By hand";
    case "keyword":
      return `${trigger.how === "is" ? "Writes" : "Writes something with"} ${trigger.words.map((word) => `“${word}”`).join(", ")}`;
    case "new_contact":
      return "Writes for the first time";
    case "postback":
      return `Presses a button: ${trigger.payload}`;
    case "tag_added":
      return `Gets the tag ${labels.tag(trigger.tagId)?.name ?? "(deleted)"}`;
    case "field_matches": {
      const field = labels.fields.find((one) => one.id === trigger.fieldId);
      return `${field?.label ?? "A deleted field"} becomes ${String(trigger.value)}`;
    }
    case "inactivity":
      return `Silent for ${"days" in trigger ? plural(trigger.days, "day") : plural(trigger.hours, "hour")}`;
  }
}
