import type { CheckState, Json } from "../api_types.ts";

interface PartHealth {
  state: CheckState;
  text: string;
}

const WORKS = ["ok", "up", "ready", "connected", "running"];

/** Reads how a part of the machine is: the server answers a word or an object with a state. */
export function partHealth(part: Json, absent: string): PartHealth {
  if (part === null || part === "absent" || part === "none") return { state: "unknown", text: absent };
  if (typeof part === "string") return { state: WORKS.includes(part) ? "ok" : "failed", text: part };
  if (typeof part === "boolean")
    return { state: part ? "ok" : "failed", text: part ? "Works" : "Does not answer" };
  if (typeof part !== "object" || Array.isArray(part)) return { state: "unknown", text: String(part) };
  const state = part["state"] ?? part["status"];
  const latency = part["latencyMs"];
  const text = part["text"] ?? part["detail"] ?? part["error"];
  const works = typeof state === "string" ? WORKS.includes(state) : part["ok"] === true;
  const said = typeof text === "string" ? text : works ? "Works" : "Does not answer";
  const time = typeof latency === "number" ? ` (${latency.toFixed(1)} ms)` : "";
  return {
    state: works ? "ok" : state === "unknown" || state === "absent" ? "unknown" : "failed",
    text: said + time,
  };
}

/** A lane's facts as name and value, whatever the server tells of it. */
export function laneFacts(lane: { [key: string]: Json }): { name: string; value: string }[] {
  return Object.entries(lane).flatMap(([key, value]) => {
    if (value === null || typeof value === "object") return [];
    const words = key.replace(/([A-Z])/g, " $1").toLowerCase();
    return { name: words.charAt(0).toUpperCase() + words.slice(1), value: String(value) };
  });
}
