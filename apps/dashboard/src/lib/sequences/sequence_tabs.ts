import { m } from "#lib/paraglide/messages.js";
import type { Sequence } from "../api/sequences.ts";

/** The screens of one sequence. */
export function sequenceTabs({ id }: Sequence): { name: string; path: string }[] {
  return [
    { name: m.sequences_tab_steps(), path: `/sequences/${id}` },
    { name: m.sequences_tab_contacts(), path: `/sequences/${id}/enrolments` },
  ];
}
