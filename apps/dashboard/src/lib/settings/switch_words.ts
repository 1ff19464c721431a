import type { WorkspaceSwitch } from "../api/types.ts";
import { plural } from "../ui/format.ts";

type Automation = WorkspaceSwitch["automation"];

/** "2 campaigns and 1 sequence"; null: none of them. */
function named(parts: readonly [count: number, noun: string][]): string | null {
  const words = parts.filter(([count]) => count > 0).map(([count, noun]) => plural(count, noun));
  if (words.length < 2) return words[0] ?? null;
  return `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`;
}

/** What switching off stops, and what goes on. */
export function offWords({ running, scheduled, sequences }: Automation): string {
  const stopped = named([
    [running, "running campaign"],
    [scheduled, "scheduled campaign"],
    [sequences, "sequence"],
  ]);
  return [
    "Nothing is sent any more: no replies, no campaigns, no sequences, no automatic answers.",
    stopped === null ? null : `That holds up ${stopped}; where they are is kept.`,
    "What people write still arrives and is kept.",
  ]
    .filter((sentence) => sentence !== null)
    .join(" ");
}

/** What happens as soon as it is on again. */
export function onWords({ running, due, sequences }: Automation): string {
  const goesOn = named([
    [running, "campaign"],
    [sequences, "sequence"],
  ]);
  return [
    goesOn === null ? null : `${goesOn} will go on at once.`,
    due === 0
      ? null
      : `${plural(due, "scheduled campaign")} will begin at once: ${due === 1 ? "its" : "their"} time has come.`,
    "What waits goes out only as far as Meta's rules still allow it. What people did meanwhile begins no sequence and is not answered by itself.",
  ]
    .filter((sentence) => sentence !== null)
    .join(" ");
}
