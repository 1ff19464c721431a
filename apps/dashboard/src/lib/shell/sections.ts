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
  { path: "/inbox", name: "Inbox", icon: Inbox, keys: "g i", isFor: needs("conversations:read") },
  { path: "/contacts", name: "Contacts", icon: Users, keys: "g c", isFor: needs("contacts:read") },
  { path: "/segments", name: "Segments", icon: Shapes, keys: "g e", isFor: needs("contacts:read") },
  { path: "/campaigns", name: "Campaigns", icon: Megaphone, keys: "g p", isFor: needs("campaigns:read") },
  { path: "/sequences", name: "Sequences", icon: Workflow, keys: "g q", isFor: needs("campaigns:read") },
  { path: "/templates", name: "Templates", icon: FileText, keys: "g t", isFor: needs("campaigns:read") },
  {
    path: "/analytics",
    name: "Analytics",
    icon: ChartNoAxesColumn,
    keys: "g a",
    isFor: needs("conversations:read"),
  },
  { path: "/pages", name: "Pages", icon: Flag, keys: "g f", isFor: needs("pages:read") },
  { path: "/notifications", name: "Notifications", icon: Bell, keys: "g n", isFor: () => true },
  { path: "/system", name: "System health", icon: Activity, keys: "g h", isFor: (user) => user.isOwner },
  { path: "/settings", name: "Settings", icon: Settings, keys: "g s", isFor: () => true },
];

function needs(permission: string): (user: User, workspace: Workspace) => boolean {
  return (_user, workspace) => workspace.permissions.includes(permission);
}

/** The screens that this person may open. */
export function sectionsFor(user: User, workspace: Workspace): Section[] {
  return SECTIONS.filter((section) => section.isFor(user, workspace));
}
