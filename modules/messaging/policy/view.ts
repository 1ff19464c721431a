import { type ContactFacts, findWay, type PolicyQuestion, windowsOf } from "./policy.ts";

/** What a screen shows of the messaging window. `human`: a person may still answer. */
export interface WindowState {
  state: "open" | "human" | "closed";
  until: string | null;
  reason: string;
}

/** The messaging window of a contact in plain words. */
export function windowOf(contact: ContactFacts, now: Date): WindowState {
  const windows = windowsOf(contact, now);
  if (!windows)
    return { state: "closed", until: null, reason: "This person has not written to the page yet" };
  const { standardUntil, adUntil, humanUntil } = windows;
  if (standardUntil && now < standardUntil) {
    return {
      state: "open",
      until: standardUntil.toISOString(),
      reason: "Open for 24 hours after their last message",
    };
  }
  if (adUntil && now < adUntil) {
    return {
      state: "open",
      until: adUntil.toISOString(),
      reason: "They came from an ad: Meta may keep the window open for seven days",
    };
  }
  if (humanUntil && now < humanUntil) {
    return {
      state: "human",
      until: humanUntil.toISOString(),
      reason:
        "The 24 hours are over: only a person may still answer, until seven days after their last message",
    };
  }
  return { state: "closed", until: null, reason: "Closed until this person writes again" };
}

export interface CanReply {
  allowed: boolean;
  reason: string | null;
  remedy: string | null;
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
    ? { allowed: true, reason: null, remedy: null, route: way.route, utility }
    : { allowed: false, reason: way.title, remedy: way.remedy, route: null, utility };
}
