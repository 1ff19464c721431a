import CircleCheck from "@lucide/svelte/icons/circle-check";
import CircleOff from "@lucide/svelte/icons/circle-off";
import KeyRound from "@lucide/svelte/icons/key-round";
import ShieldAlert from "@lucide/svelte/icons/shield-alert";
import type { Component } from "svelte";
import type { Check, Page, PageHealth, PageStatus } from "../api/types.ts";
import { plural } from "../ui/format.ts";

/** Messages a second: Meta's limit, from where Meta's inbox may freeze, and what pages begin with. */
export const PACE = { most: 300, careful: 40, usual: 30 } as const;

interface StatusLook {
  name: string;
  tone: string;
  icon: Component<{ class?: string }>;
}

export const STATUS_LOOKS: Record<PageStatus, StatusLook> = {
  connected: { name: "Connected", tone: "bg-good-soft text-good", icon: CircleCheck },
  token_dead: { name: "Token refused", tone: "bg-bad-soft text-bad", icon: KeyRound },
  restricted: { name: "Restricted", tone: "bg-warn-soft text-warn", icon: ShieldAlert },
  disconnected: { name: "Disconnected", tone: "bg-sunken text-muted", icon: CircleOff },
};

/** Whether asking Facebook again to send the events, or to take messages, could help. */
export function canRepair(page: Page): boolean {
  if (page.status === "restricted") return true;
  return page.status === "connected" && page.health.subscription.state !== "ok";
}

/** Whether messages do not come in or do not go out, so that somebody has to look. */
export function isInTrouble(page: Page): boolean {
  const isActive = page.status !== "disconnected";
  return isActive && (page.status !== "connected" || page.health.subscription.state === "failed");
}

/** A permission or event that is missing, with what that means. */
export interface LackDetail {
  name: string;
  text: string;
}

/** The events that Meta refuses, each with the permission that provides it. */
export function refusedEvents({ subscription }: Pick<PageHealth, "subscription">): LackDetail[] {
  const refused = subscription.lacks
    .filter((lack) => lack.permissions.length > 0)
    .map(({ name, text, permissions }) => ({ name, text: `${text}. Needs ${permissions.join(" or ")}` }));
  // Meta spells some fields in two ways: each is said once.
  return [...new Map(refused.map((one) => [one.text, one])).values()];
}

/** The events that do not arrive for another reason. */
export function lostEvents({ subscription }: PageHealth): string[] {
  return subscription.lacks.filter((lack) => lack.permissions.length === 0).map(({ name }) => name);
}

/** Features that need permissions of their own: optional, so that none of them is a fault. */
export function featuresCheck({ features }: PageHealth): Check {
  const on = features.filter((feature) => feature.isOn).map((feature) => feature.name);
  if (on.length === 0) return { state: "unknown", text: "No optional feature is on" };
  return { state: "ok", text: on.join(", ") };
}

export function limitsCheck(health: PageHealth): Check {
  const { ratePerSecond, heldReason, waiting } = health.limits;
  const queue = waiting > 0 ? `, ${plural(waiting, "message")} waiting` : "";
  if (health.restriction !== null) return { state: "failed", text: `${health.restriction}${queue}` };
  if (heldReason !== null) return { state: "warning", text: `Held: ${heldReason}${queue}` };
  return { state: "ok", text: `Up to ${ratePerSecond} a second${queue}` };
}

/** What Meta keeps the page from besides messages; null: nothing. */
export function restrictionsCheck({ restrictions }: PageHealth): Check | null {
  const others = restrictions.filter(({ stopsMessages }) => !stopsMessages);
  if (others.length === 0) return null;
  return {
    state: "warning",
    text: `${others.map(({ text }) => text).join(". ")}. Messages are not affected`,
  };
}

export function humanAgentCheck(health: PageHealth): Check {
  if (health.humanAgent === "available") {
    return { state: "ok", text: "A person may answer for 7 days" };
  }
  if (health.humanAgent === "unavailable") {
    return {
      state: "warning",
      text: "Not approved at the last try: answers end after 24 hours. It is tried again after a day, and by Check",
    };
  }
  return { state: "unknown", text: "Shows itself with the first answer after 24 hours" };
}
