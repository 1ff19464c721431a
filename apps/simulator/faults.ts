import { asNumber, asText, type JsonRecord } from "./json.ts";

/** A way in which Meta fails on purpose. */
export interface Fault {
  id: string;
  kind: "error" | "html" | "reset" | "hang" | "no_message_id";
  /** Before the call has an effect, or after: then the message was accepted although the caller sees a failure. */
  when: "before" | "after";
  /** Part of the path that the call must contain, such as `messages`; empty fits every Graph call. */
  path: string;
  pageId?: string;
  psid?: string;
  probability: number;
  /** How many calls still fail; null never ends. */
  remaining: number | null;
  code: number;
  subcode?: number;
  status: number;
  message: string;
  hangMs: number;
}

/** Facts that a fault is matched against. */
export interface FaultTarget {
  path: string;
  pageId?: string;
  psid?: string;
}

const kinds = ["error", "html", "reset", "hang", "no_message_id"] as const;

/** Reads a fault from the control API; a string is its problem. */
export function readFault(id: string, source: JsonRecord): Fault | string {
  const kind = kinds.find((known) => known === (source.kind ?? "error"));
  if (kind === undefined) return `Cannot add the fault: kind must be one of ${kinds.join(", ")}`;
  const when = source.when === "after" || kind === "no_message_id" ? "after" : "before";
  return {
    id,
    kind,
    when,
    path: asText(source.path) ?? "/messages",
    pageId: asText(source.pageId),
    psid: asText(source.psid),
    probability: asNumber(source.probability) ?? 1,
    remaining: asNumber(source.count) ?? null,
    code: asNumber(source.code) ?? 2,
    subcode: asNumber(source.subcode),
    status: asNumber(source.status) ?? (kind === "html" ? 500 : 400),
    message: asText(source.message) ?? "An unexpected error has occurred. Please retry your request later.",
    hangMs: asNumber(source.ms) ?? 30_000,
  };
}

/** Takes the first fault that fits, and uses up one of its remaining calls. */
export function takeFault(faults: Fault[], target: FaultTarget): Fault | undefined {
  for (const fault of faults) {
    if (fault.path !== "" && !target.path.includes(fault.path)) continue;
    if (fault.pageId !== undefined && fault.pageId !== target.pageId) continue;
    if (fault.psid !== undefined && fault.psid !== target.psid) continue;
    if (fault.remaining !== null && fault.remaining <= 0) continue;
    if (fault.probability < 1 && Math.random() >= fault.probability) continue;
    if (fault.remaining !== null) fault.remaining -= 1;
    return fault;
  }
  return undefined;
}
