import { microsOf } from "#db";
import { appName } from "../inbound/mod.ts";
import type { Conversation } from "./schema.ts";

/** Stored thread control; times as Postgres writes them. */
export interface ControlFacts {
  control: Conversation["control"]["state"];
  controlledByApp: string | null;
  controlledAt: string | null;
  heldAt: string | null;
  lastInboundAt: string | null;
  pageStatus: "connected" | "token_dead" | "restricted" | "disconnected";
  pageHasRouting: boolean | null;
}

const dayMicros = 24 * 3_600_000_000;

const timeOf = (text: string | null) => (text === null ? 0 : microsOf(text));

/**
 * The current owner of a thread, and the possible requests to Meta. No event reports the end of an ownership: it ends a day after
 * the person's last message, or after the newest handover (Conversation Routing, "idle").
 */
export function controlOf(facts: ControlFacts, now: number): Conversation["control"] {
  const state = stateOf(facts, now);
  const isForeign = state === "other" || state === "requested";
  const app = isForeign && facts.controlledByApp !== null ? appName(facts.controlledByApp) : null;
  return { state, app, actions: actionsOf(state, facts) };
}

function stateOf(facts: ControlFacts, now: number): Conversation["control"]["state"] {
  const { control, controlledAt, heldAt, lastInboundAt } = facts;
  if (control === "unknown") return control;
  const isOutdated = timeOf(heldAt) > timeOf(controlledAt);
  if (isOutdated && control !== "ours") return "unknown";
  const isOver = Math.max(timeOf(controlledAt), timeOf(lastInboundAt)) + dayMicros <= now * 1_000;
  return isOver ? "idle" : control;
}

/** Meta lets an app take with routing on, and ask without it. Where that is not known, a check of the page tells. */
function actionsOf(
  state: Conversation["control"]["state"],
  { pageStatus, pageHasRouting }: ControlFacts,
): Conversation["control"]["actions"] {
  if (pageStatus === "disconnected" || pageStatus === "token_dead") return [];
  if (state === "ours") return ["release"];
  if (pageHasRouting === true && state !== "unknown") return ["take"];
  if (pageHasRouting === false && state === "other") return ["request"];
  return [];
}
