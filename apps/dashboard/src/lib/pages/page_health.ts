import { m } from "#lib/paraglide/messages.js";
import CircleCheck from "@lucide/svelte/icons/circle-check";
import CircleOff from "@lucide/svelte/icons/circle-off";
import KeyRound from "@lucide/svelte/icons/key-round";
import ShieldAlert from "@lucide/svelte/icons/shield-alert";
import type { Component } from "svelte";
import type { Check, Page, PageHealth, PageStatus } from "../api/types.ts";
import { wholeNumber } from "../ui/format.ts";
import { formatLocale } from "../ui/language.ts";

/** Messages a second: Meta's limit, from where Meta's inbox may freeze, and what pages begin with. */
export const PACE = { most: 300, careful: 40, usual: 30 } as const;

interface StatusLook {
  name: string;
  tone: string;
  icon: Component<{ class?: string }>;
}

export const STATUS_LOOKS: Record<PageStatus, StatusLook> = {
  connected: { name: m.pages_status_connected(), tone: "bg-good-soft text-good", icon: CircleCheck },
  token_dead: { name: m.pages_status_token_dead(), tone: "bg-bad-soft text-bad", icon: KeyRound },
  restricted: { name: m.pages_status_restricted(), tone: "bg-warn-soft text-warn", icon: ShieldAlert },
  disconnected: { name: m.pages_status_disconnected(), tone: "bg-sunken text-muted", icon: CircleOff },
};

/** Whether asking Facebook again to send the events, or to take messages, could help. */
export function canRepair(page: Page): boolean {
  if (page.status === "restricted") return true;
  return page.status === "connected" && page.health.subscription.state !== "ok";
}

/** A permission or event that is missing, with what that means. */
export interface LackDetail {
  name: string;
  text: string;
}

const anyOf = new Intl.ListFormat(formatLocale, { type: "disjunction" });

/** The events that Meta refuses, each with the permission that provides it. */
export function refusedEvents({ subscription }: Pick<PageHealth, "subscription">): LackDetail[] {
  const refused = subscription.lacks
    .filter((lack) => lack.permissions.length > 0)
    .map(({ name, text, permissions }) => ({
      name,
      text: m.pages_event_needs({ event: text, permissions: anyOf.format(permissions) }),
    }));
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
  if (on.length === 0) return { state: "unknown", text: m.pages_features_none() };
  return { state: "ok", text: on.join(", ") };
}

export function limitsCheck(health: PageHealth): Check {
  const { ratePerSecond, heldReason, waiting } = health.limits;
  const queue =
    waiting > 0 ? ` · ${m.pages_sending_waiting({ count: waiting, shown: wholeNumber(waiting) })}` : "";
  if (health.restriction !== null) return { state: "failed", text: `${health.restriction}${queue}` };
  if (heldReason !== null)
    return { state: "warning", text: `${m.pages_sending_held({ reason: heldReason })}${queue}` };
  return { state: "ok", text: `${m.pages_sending_up_to({ rate: ratePerSecond })}${queue}` };
}

/** Meta's restrictions of the page besides messages; null: none. */
export function restrictionsCheck({ restrictions }: PageHealth): Check | null {
  const others = restrictions.filter(({ stopsMessages }) => !stopsMessages);
  if (others.length === 0) return null;
  return {
    state: "warning",
    text: m.pages_restrictions_text({ restrictions: others.map(({ text }) => text).join(". ") }),
  };
}

export function humanAgentCheck(health: PageHealth): Check {
  if (health.humanAgent === "available") {
    return { state: "ok", text: m.pages_human_agent_available() };
  }
  if (health.humanAgent === "unavailable") {
    return {
      state: "warning",
      text: m.pages_human_agent_unavailable(),
    };
  }
  return { state: "unknown", text: m.pages_human_agent_unknown() };
}
