import { m } from "#lib/paraglide/messages.js";
import CircleDashed from "@lucide/svelte/icons/circle-dashed";
import CirclePause from "@lucide/svelte/icons/circle-pause";
import CirclePlay from "@lucide/svelte/icons/circle-play";
import CircleStop from "@lucide/svelte/icons/circle-stop";
import type { Component } from "svelte";
import type { SequenceStatus } from "../api/sequences.ts";

interface Look {
  name: string;
  tone: string;
  icon: Component<{ class?: string }>;
}

export const SEQUENCE_LOOKS: Record<SequenceStatus, Look> = {
  draft: {
    name: m.sequences_status_draft(),
    tone: "bg-sunken text-muted dark:bg-raised",
    icon: CircleDashed,
  },
  running: { name: m.sequences_status_running(), tone: "bg-good-soft text-good", icon: CirclePlay },
  paused: { name: m.sequences_status_paused(), tone: "bg-warn-soft text-warn", icon: CirclePause },
  cancelled: {
    name: m.sequences_status_stopped(),
    tone: "bg-sunken text-muted dark:bg-raised",
    icon: CircleStop,
  },
};
