import { type ContactFacts, findWay, type PolicyQuestion, windowsOf } from "./policy.ts";
import { defineTerms } from "#std";

/** The messaging window on a screen. `human`: a person may still reply. */
export interface WindowState {
  state: "open" | "human" | "closed";
  until: string | null;
  reason: string;
  reasonCode: string;
}

const windows = {
  "never-wrote": "This person has not written to the page yet",
  open: "Open for 24 hours after the last message of this person",
  ad: "This person came from an ad: Meta may keep the window open for seven days",
  human: "The 24 hours have passed: only manual replies until seven days after the last message",
  closed: "Closed until this person writes again",
} as const;

defineTerms("messaging-window", windows);

const told = (name: keyof typeof windows) => ({
  reason: windows[name],
  reasonCode: `messaging-window-${name}`,
});

/** The messaging window of a contact in plain words. */
export function windowOf(contact: ContactFacts, now: Date): WindowState {
  const found = windowsOf(contact, now);
  if (!found) return { state: "closed", until: null, ...told("never-wrote") };
  const { standardUntil, adUntil, humanUntil } = found;
  if (standardUntil && now < standardUntil) {
    return {
      state: "open",
      until: standardUntil.toISOString(),
      ...told("open"),
    };
  }
  if (adUntil && now < adUntil) {
    return {
      state: "open",
      until: adUntil.toISOString(),
      ...told("ad"),
    };
  }
  if (humanUntil && now < humanUntil) {
    return {
      state: "human",
      until: humanUntil.toISOString(),
      ...told("human"),
    };
  }
  return { state: "closed", until: null, ...told("closed") };
}

export interface CanReply {
  allowed: boolean;
  reason: string | null;
  reasonCode: string | null;
  remedy: string | null;
  remedyCode: string | null;
  route: string | null;
  /** Whether a utility template that Meta approved for the page may go to them. */
  utility: boolean;
}

/** Whether a signed-in member could reply to this contact now, and the remedy if not. */
export function canReply(
  on: Pick<PolicyQuestion, "contact" | "page" | "isWorkspaceDisabled" | "now">,
): CanReply {
  const wayOf = (kind: "free" | "utility") =>
    findWay({ ...on, sender: { kind: "person" }, content: { kind } });
  const way = wayOf("free");
  const utility = wayOf("utility").allowed;
  return way.allowed
    ? {
        allowed: true,
        reason: null,
        reasonCode: null,
        remedy: null,
        remedyCode: null,
        route: way.route,
        utility,
      }
    : {
        allowed: false,
        reason: way.title,
        reasonCode: way.titleCode,
        remedy: way.remedy,
        remedyCode: way.remedyCode,
        route: null,
        utility,
      };
}
