import { goto } from "$app/navigation";
import Calendar from "@lucide/svelte/icons/calendar";
import FilePlus from "@lucide/svelte/icons/file-plus";
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
import Workflow from "@lucide/svelte/icons/workflow";
import { setMode } from "mode-watcher";
import type { Component } from "svelte";
import type { Desk } from "../desk/desk.svelte.ts";
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
  /** What its reader or maker must be allowed to do; everybody in the workspace when left out. */
  needs?: string;
  words?: string;
}

const CREATES: readonly Place[] = [
  { name: "New campaign", path: "/campaigns/new", icon: Megaphone, needs: "campaigns:draft" },
  { name: "New sequence", path: "/sequences/new", icon: Workflow, needs: "campaigns:draft" },
  { name: "New segment", path: "/segments/new", icon: Shapes, needs: "contacts:manage" },
  { name: "New template", path: "/templates/new", icon: FilePlus, needs: "templates:manage" },
  {
    name: "Import contacts",
    path: "/contacts/import",
    icon: Upload,
    needs: "contacts:manage",
    words: "csv file new",
  },
];

/** Screens within a section; they are found by their names, and not listed before something is typed. */
const TABS: readonly Place[] = [
  { name: "Inbox settings", path: "/settings/inbox", icon: Settings, words: "assignment rules" },
  {
    name: "Sending rules",
    path: "/settings/sending",
    icon: Settings,
    words: "settings quiet hours frequency cap time zone",
  },
  {
    name: "Suppression list",
    path: "/settings/suppressions",
    icon: Settings,
    needs: "contacts:read",
    words: "settings unsubscribed",
  },
  { name: "Campaign calendar", path: "/campaigns/calendar", icon: Calendar, needs: "campaigns:read" },
  {
    name: "Compliance",
    path: "/campaigns/compliance",
    icon: ShieldCheck,
    needs: "campaigns:read",
    words: "campaigns",
  },
  {
    name: "Tags and fields",
    path: "/contacts/labels",
    icon: Tags,
    needs: "contacts:read",
    words: "contacts labels",
  },
  {
    name: "Imports and exports",
    path: "/contacts/transfers",
    icon: Upload,
    needs: "contacts:read",
    words: "contacts",
  },
  { name: "Utility templates of Meta", path: "/templates/utility", icon: FilePlus, needs: "campaigns:read" },
];

const THEMES = [
  { mode: "light", name: "Light theme", icon: Sun },
  { mode: "dark", name: "Dark theme", icon: Moon },
  { mode: "system", name: "System theme", icon: Monitor },
] as const;

/** What the palette offers for what is typed, by group; only what this person may do. */
export function paletteGroups(desk: Desk, typed: string): PaletteGroup[] {
  const words = typed.toLowerCase().split(/\s+/).filter(Boolean);
  const isAsked = (action: PaletteAction) => {
    const text = `${action.name} ${action.words ?? ""}`.toLowerCase();
    return words.every((word) => text.includes(word));
  };
  const isTyped = words.length > 0;
  const groups = [
    { name: "This conversation", actions: [...conversationActions(), ...(isTyped ? assignments(desk) : [])] },
    { name: "Create", actions: placesOf(desk, CREATES, "create add") },
    { name: "Go to", actions: [...sectionsOf(desk), ...(isTyped ? placesOf(desk, TABS, "go to") : [])] },
    { name: "Theme", actions: isTyped ? themes() : [] },
  ];
  return groups
    .map(({ name, actions }) => ({ name, actions: actions.filter(isAsked) }))
    .filter(({ actions }) => actions.length > 0);
}

function conversationActions(): PaletteAction[] {
  return shortcuts.all
    .filter(({ group }) => group === "This conversation")
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
      name: `Assign to ${name}`,
      icon: UserRound,
      run: () => desk.triage.assign(conversation, { id, name }),
    }));
  if (conversation.assignee === null) return others;
  return [
    {
      key: "assign nobody",
      name: "Unassign",
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
    words: "go to",
    icon,
    keys,
    run: () => void goto(desk.href(path)),
  }));
}

function themes(): PaletteAction[] {
  return THEMES.map(({ mode, name, icon }) => ({
    key: `theme ${mode}`,
    name,
    words: "appearance mode",
    icon,
    run: () => setMode(mode),
  }));
}
