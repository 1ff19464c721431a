import { m } from "#lib/paraglide/messages.js";
import { goto } from "$app/navigation";
import Calendar from "@lucide/svelte/icons/calendar";
import FilePlus from "@lucide/svelte/icons/file-plus";
import Building from "@lucide/svelte/icons/building-2";
import Languages from "@lucide/svelte/icons/languages";
import Megaphone from "@lucide/svelte/icons/megaphone";
import Monitor from "@lucide/svelte/icons/monitor";
import Moon from "@lucide/svelte/icons/moon";
import Settings from "@lucide/svelte/icons/settings";
import Shapes from "@lucide/svelte/icons/shapes";
import ShieldCheck from "@lucide/svelte/icons/shield-check";
import Sun from "@lucide/svelte/icons/sun";
import Tags from "@lucide/svelte/icons/tags";
import Upload from "@lucide/svelte/icons/upload";
import UserRound from "@lucide/svelte/icons/user-round";
import UserPlus from "@lucide/svelte/icons/user-plus";
import Workflow from "@lucide/svelte/icons/workflow";
import { setMode } from "mode-watcher";
import type { Component } from "svelte";
import { account } from "../auth/account.svelte.ts";
import type { Desk } from "../desk/desk.svelte.ts";
import { chooseLanguage } from "./choose_language.ts";
import { language, languages } from "../ui/language.ts";
import { leaveScreen } from "../ui/leave_screen.ts";
import { shortcuts } from "../ui/shortcuts.svelte.ts";
import { sectionsFor } from "./sections.ts";

export interface PaletteAction {
  key: string;
  name: string;
  /** Other words that find it. */
  words?: string;
  icon?: Component<{ class?: string }>;
  keys?: string | undefined;
  run: () => void;
}

export interface PaletteGroup {
  name: string;
  actions: PaletteAction[];
}

interface Place {
  name: string;
  path: string;
  icon: Component<{ class?: string }>;
  /** The required permission; without it, everybody in the workspace has access. */
  needs?: string;
  words?: string;
}

const CREATES: readonly Place[] = [
  { name: m.shell_new_campaign(), path: "/campaigns/new", icon: Megaphone, needs: "campaigns:draft" },
  { name: m.shell_new_sequence(), path: "/sequences/new", icon: Workflow, needs: "campaigns:draft" },
  { name: m.shell_new_segment(), path: "/segments/new", icon: Shapes, needs: "contacts:manage" },
  { name: m.shell_new_template(), path: "/templates/new", icon: FilePlus, needs: "templates:manage" },
  { name: m.shell_new_contact(), path: "/contacts?add", icon: UserPlus, needs: "contacts:manage" },
  {
    name: m.shell_import_contacts(),
    path: "/contacts/import",
    icon: Upload,
    needs: "contacts:manage",
    words: m.shell_import_words(),
  },
];

/** Screens within a section; they are found by their names, and not listed before something is typed. */
const TABS: readonly Place[] = [
  {
    name: m.shell_inbox_settings(),
    path: "/settings/inbox",
    icon: Settings,
    words: m.shell_inbox_settings_words(),
  },
  {
    name: m.shell_sending_rules(),
    path: "/settings/sending",
    icon: Settings,
    words: m.shell_sending_rules_words(),
  },
  {
    name: m.shell_suppressions(),
    path: "/settings/suppressions",
    icon: Settings,
    needs: "contacts:read",
    words: m.shell_suppressions_words(),
  },
  { name: m.shell_calendar(), path: "/campaigns/calendar", icon: Calendar, needs: "campaigns:read" },
  {
    name: m.shell_compliance(),
    path: "/campaigns/compliance",
    icon: ShieldCheck,
    needs: "campaigns:read",
    words: m.shell_campaigns(),
  },
  {
    name: m.shell_labels(),
    path: "/contacts/labels",
    icon: Tags,
    needs: "contacts:read",
    words: m.shell_contacts(),
  },
  {
    name: m.shell_transfers(),
    path: "/contacts/transfers",
    icon: Upload,
    needs: "contacts:read",
    words: m.shell_contacts(),
  },
  { name: m.shell_utility(), path: "/templates/utility", icon: FilePlus, needs: "campaigns:read" },
];

const THEMES = [
  { mode: "light", name: m.shell_theme_light(), icon: Sun },
  { mode: "dark", name: m.shell_theme_dark(), icon: Moon },
  { mode: "system", name: m.shell_theme_system(), icon: Monitor },
] as const;

/** Results of the palette for a query, by group; only permitted ones. */
export function paletteGroups(desk: Desk, typed: string): PaletteGroup[] {
  const words = typed.toLowerCase().split(/\s+/).filter(Boolean);
  const isAsked = (action: PaletteAction) => {
    const text = `${action.name} ${action.words ?? ""}`.toLowerCase();
    return words.every((word) => text.includes(word));
  };
  const isTyped = words.length > 0;
  const groups = [
    {
      name: m.ui_group_conversation(),
      actions: [...conversationActions(), ...(isTyped ? assignments(desk) : [])],
    },
    { name: m.shell_create(), actions: placesOf(desk, CREATES, m.shell_create_words()) },
    {
      name: m.ui_group_go_to(),
      actions: [...sectionsOf(desk), ...(isTyped ? placesOf(desk, TABS, m.shell_go_words()) : [])],
    },
    { name: m.shell_workspaces(), actions: isTyped ? otherWorkspaces(desk) : [] },
    { name: m.shell_theme(), actions: isTyped ? themes() : [] },
    { name: m.shell_language(), actions: isTyped ? otherLanguages() : [] },
  ];
  return groups
    .map(({ name, actions }) => ({ name, actions: actions.filter(isAsked) }))
    .filter(({ actions }) => actions.length > 0);
}

function conversationActions(): PaletteAction[] {
  return shortcuts.all
    .filter(({ group }) => group === m.ui_group_conversation())
    .map(({ keys, name, run }) => ({ key: `act ${keys}`, name, keys, run }));
}

function assignments(desk: Desk): PaletteAction[] {
  const { openId } = desk.conversations;
  const conversation = openId === null ? undefined : desk.conversations.get(openId);
  if (!conversation || !desk.can("conversations:work")) return [];
  const others = desk.members
    .filter(({ id, role }) => role !== "viewer" && id !== desk.user.id && id !== conversation.assignee?.id)
    .map(({ id, name }) => ({
      key: `assign ${id}`,
      name: m.shell_assign_to({ name }),
      icon: UserRound,
      run: () => desk.triage.assign(conversation, { id, name }),
    }));
  if (conversation.assignee === null) return others;
  return [
    {
      key: "unassign",
      name: m.shell_unassign(),
      icon: UserRound,
      run: () => desk.triage.assign(conversation, null),
    },
    ...others,
  ];
}

function placesOf(desk: Desk, places: readonly Place[], verbs: string): PaletteAction[] {
  return places
    .filter(({ needs }) => needs === undefined || desk.can(needs))
    .map(({ name, path, icon, words = "" }) => ({
      key: `place ${path}`,
      name,
      words: `${verbs} ${words}`,
      icon,
      run: () => void goto(desk.href(path)),
    }));
}

function sectionsOf(desk: Desk): PaletteAction[] {
  const sections = desk.workspace ? sectionsFor(desk.user, desk.workspace) : [];
  return sections.map(({ name, path, icon, keys }) => ({
    key: `go ${path}`,
    name,
    words: m.shell_go_words(),
    icon,
    keys,
    run: () => void goto(desk.href(path)),
  }));
}

function themes(): PaletteAction[] {
  return THEMES.map(({ mode, name, icon }) => ({
    key: `theme ${mode}`,
    name,
    words: m.shell_theme_words(),
    icon,
    run: () => setMode(mode),
  }));
}

function otherWorkspaces(desk: Desk): PaletteAction[] {
  return account.workspaces
    .filter(({ id }) => id !== desk.workspaceId)
    .map(({ id, name }) => ({
      key: `workspace ${id}`,
      name: m.shell_switch_to({ name }),
      words: m.shell_switch_words(),
      icon: Building,
      run: () => void goto(`/w/${id}/inbox`),
    }));
}

function otherLanguages(): PaletteAction[] {
  return languages
    .filter(({ tag }) => tag !== language)
    .map(({ tag, name }) => ({
      key: `language ${tag}`,
      name,
      words: m.shell_language_words(),
      icon: Languages,
      run: () => leaveScreen(() => chooseLanguage(tag)),
    }));
}
