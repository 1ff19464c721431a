import type { Sequence } from "../api/sequences.ts";

/** The screens of one sequence. */
export function sequenceTabs({ id }: Sequence): { name: string; path: string }[] {
  return [
    { name: "Steps", path: `/sequences/${id}` },
    { name: "People", path: `/sequences/${id}/enrolments` },
  ];
}
