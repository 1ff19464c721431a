import { m } from "#lib/paraglide/messages.js";
import type { ActivityEntry } from "../api/types.ts";
import { fullDateTime, isolated } from "../ui/format.ts";
import { ACTION_WORDS, FIELD_WORDS } from "./activity_words.ts";

/** "Launched the campaign “May”"; of an action that this page does not know yet, its code. */
export function sentenceOf({ action, subject }: ActivityEntry): string {
  // A server that is newer than this page has others.
  if (!Object.hasOwn(ACTION_WORDS, action)) return action;
  const nameless = action === "session.refused" ? m.activity_somebody() : m.activity_unnamed();
  return ACTION_WORDS[action]({ name: subject.name === null ? nameless : isolated(subject.name) });
}

/** The actor: the name at the time, or a word for an actor without an account. */
export function actorOf({ actor }: ActivityEntry): string {
  if (actor.kind === "command-line") return m.activity_command_line();
  if (actor.kind === "nobody") return m.activity_nobody();
  return actor.name;
}

export interface ChangedField {
  field: string;
  before: string | null;
  after: string;
}

/** The fields of an entry, each in words. `names` has people by their id. */
export function changesOf(entry: ActivityEntry, names: ReadonlyMap<string, string>): ChangedField[] {
  const { before, after } = entry;
  return Object.keys(after ?? before ?? {}).map((name) => {
    const was = before?.[name];
    const is = after?.[name];
    const isHidden = was === null || was === undefined ? is === null : false;
    return {
      field: FIELD_WORDS[name] ?? name,
      before: before === null || isHidden ? null : valueOf(was, names),
      after: isHidden ? m.activity_not_recorded() : valueOf(is, names),
    };
  });
}

const isoTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d/;

function valueOf(value: unknown, names: ReadonlyMap<string, string>): string {
  if (value === null || value === undefined) return m.activity_nothing();
  if (value === true) return m.activity_yes();
  if (value === false) return m.activity_no();
  if (typeof value !== "string") return JSON.stringify(value);
  if (isoTime.test(value)) return fullDateTime(value);
  return names.get(value) ?? value;
}

const SCREENS: Readonly<Record<string, (id: string) => string>> = {
  campaign: (id) => `/campaigns/${id}`,
  sequence: (id) => `/sequences/${id}`,
  segment: (id) => `/segments/${id}`,
  template: (id) => `/templates/${id}`,
  contact: (id) => `/contacts/${id}`,
  conversation: (id) => `/inbox/${id}`,
  page: () => "/pages",
};

/** The screen of the action's subject; null: it has none, or was deleted. */
export function screenOf({ action, kind, subject, workspace }: ActivityEntry): string | null {
  if (workspace?.name === undefined || workspace.name === null || subject.id === null) return null;
  if (action.endsWith(".deleted") || action === "contact.bulk-changed") return null;
  const path = SCREENS[kind]?.(subject.id);
  return path === undefined ? null : `/w/${workspace.id}${path}`;
}
