import { m } from "#lib/paraglide/messages.js";
import Activity from "@lucide/svelte/icons/activity";
import ChartNoAxesColumn from "@lucide/svelte/icons/chart-no-axes-column";
import Bell from "@lucide/svelte/icons/bell";
import FileText from "@lucide/svelte/icons/file-text";
import Flag from "@lucide/svelte/icons/flag";
import Inbox from "@lucide/svelte/icons/inbox";
import Megaphone from "@lucide/svelte/icons/megaphone";
import Shapes from "@lucide/svelte/icons/shapes";
import Settings from "@lucide/svelte/icons/settings";
import Users from "@lucide/svelte/icons/users";
import Workflow from "@lucide/svelte/icons/workflow";
import type { Component } from "svelte";
import type { User, Workspace } from "../api/types.ts";

export interface Section {
  path: string;
  name: string;
  icon: Component<{ class?: string }>;
  keys?: string;
}

const SECTIONS: (Section & { isFor: (user: User, workspace: Workspace) => boolean })[] = [
  { path: "/inbox", name: m.shell_inbox(), icon: Inbox, keys: "g i", isFor: needs("conversations:read") },
  { path: "/contacts", name: m.shell_contacts(), icon: Users, keys: "g c", isFor: needs("contacts:read") },
  { path: "/segments", name: m.shell_segments(), icon: Shapes, keys: "g e", isFor: needs("contacts:read") },
  {
    path: "/campaigns",
    name: m.shell_campaigns(),
    icon: Megaphone,
    keys: "g p",
    isFor: needs("campaigns:read"),
  },
  {
    path: "/sequences",
    name: m.shell_sequences(),
    icon: Workflow,
    keys: "g q",
    isFor: needs("campaigns:read"),
  },
  {
    path: "/templates",
    name: m.shell_templates(),
    icon: FileText,
    keys: "g t",
    isFor: needs("campaigns:read"),
  },
  {
    path: "/analytics",
    name: m.shell_analytics(),
    icon: ChartNoAxesColumn,
    keys: "g a",
    isFor: needs("conversations:read"),
  },
  { path: "/pages", name: m.shell_pages(), icon: Flag, keys: "g f", isFor: needs("pages:read") },
  { path: "/notifications", name: m.shell_notifications(), icon: Bell, keys: "g n", isFor: () => true },
  { path: "/system", name: m.shell_system(), icon: Activity, keys: "g h", isFor: (user) => user.isOwner },
  { path: "/settings", name: m.shell_settings(), icon: Settings, keys: "g s", isFor: () => true },
];

function needs(permission: string): (user: User, workspace: Workspace) => boolean {
  return (_user, workspace) => workspace.permissions.includes(permission);
}

/** The screens that this person may open. */
export function sectionsFor(user: User, workspace: Workspace): Section[] {
  return SECTIONS.filter((section) => section.isFor(user, workspace));
}
