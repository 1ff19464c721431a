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

export type SectionGroup = "inbox" | "audience" | "messaging" | "insights" | "workspace";

export interface Section {
  group: SectionGroup;
  path: string;
  name: string;
  icon: Component<{ class?: string }>;
  keys?: string;
}

/** The groups of the rail, in its order; the most used screens have no heading. */
export const GROUPS: readonly { key: SectionGroup; name: string | null }[] = [
  { key: "inbox", name: null },
  { key: "audience", name: m.shell_group_audience() },
  { key: "messaging", name: m.shell_group_messaging() },
  { key: "insights", name: m.shell_group_insights() },
  { key: "workspace", name: m.shell_group_workspace() },
];

const SECTIONS: (Section & { isFor: (user: User, workspace: Workspace) => boolean })[] = [
  {
    group: "inbox",
    path: "/inbox",
    name: m.shell_inbox(),
    icon: Inbox,
    keys: "g i",
    isFor: needs("conversations:read"),
  },
  {
    group: "audience",
    path: "/contacts",
    name: m.shell_contacts(),
    icon: Users,
    keys: "g c",
    isFor: needs("contacts:read"),
  },
  {
    group: "audience",
    path: "/segments",
    name: m.shell_segments(),
    icon: Shapes,
    keys: "g e",
    isFor: needsAll("contacts:read"),
  },
  {
    group: "messaging",
    path: "/campaigns",
    name: m.shell_campaigns(),
    icon: Megaphone,
    keys: "g p",
    isFor: needsAll("campaigns:read"),
  },
  {
    group: "messaging",
    path: "/sequences",
    name: m.shell_sequences(),
    icon: Workflow,
    keys: "g q",
    isFor: needsAll("campaigns:read"),
  },
  {
    group: "messaging",
    path: "/templates",
    name: m.shell_templates(),
    icon: FileText,
    keys: "g t",
    isFor: needs("campaigns:read"),
  },
  {
    group: "insights",
    path: "/analytics",
    name: m.shell_analytics(),
    icon: ChartNoAxesColumn,
    keys: "g a",
    isFor: needsAll("conversations:read"),
  },
  {
    group: "workspace",
    path: "/pages",
    name: m.shell_pages(),
    icon: Flag,
    keys: "g f",
    isFor: needs("pages:read"),
  },
  {
    group: "inbox",
    path: "/notifications",
    name: m.shell_notifications(),
    icon: Bell,
    keys: "g n",
    isFor: () => true,
  },
  {
    group: "workspace",
    path: "/system",
    name: m.shell_system(),
    icon: Activity,
    keys: "g h",
    isFor: (user) => user.isOwner,
  },
  {
    group: "workspace",
    path: "/settings",
    name: m.shell_settings(),
    icon: Settings,
    keys: "g s",
    isFor: () => true,
  },
];

function needs(permission: string): (user: User, workspace: Workspace) => boolean {
  return (_user, workspace) => workspace.permissions.includes(permission);
}

/** What concerns the whole workspace is for those who see all of it. */
function needsAll(permission: string): (user: User, workspace: Workspace) => boolean {
  return (_user, { access, permissions }) => access === "all" && permissions.includes(permission);
}

/** The screens that this person may open. */
export function sectionsFor(user: User, workspace: Workspace): Section[] {
  return SECTIONS.filter((section) => section.isFor(user, workspace));
}
