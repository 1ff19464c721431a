import type { Desk } from "../desk/desk.svelte.ts";
import { Labels } from "./labels.svelte.ts";

const known = new WeakMap<Desk, Labels>();

/** The labels that a desk has read already, so that the next conversation shows its tags at once; read anew each time. */
export function deskLabels(desk: Desk): Labels {
  const labels = known.get(desk) ?? new Labels(desk.workspaceId);
  known.set(desk, labels);
  void labels.load();
  return labels;
}
