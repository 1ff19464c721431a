import { readFirstSteps } from "#messaging";
import type { AdminDeps } from "./deps.ts";
import { isListening } from "./listening.ts";

export type StepKey = "simulator" | "connect_page" | "doctor" | "receive_message" | "reply";

export interface Onboarding {
  steps: { key: StepKey; done: boolean }[];
  simulatorUrl: string | null;
}

/** The first steps of a workspace, ticked from what really happened. Without a simulator that step is left out. */
export async function readOnboarding(
  on: Pick<AdminDeps, "sql" | "config">,
  workspaceId: string,
): Promise<Onboarding> {
  const { simulatorUrl } = on.config;
  const [facts, isSimulated] = await Promise.all([
    readFirstSteps(on.sql, workspaceId),
    simulatorUrl === null ? false : isListening(simulatorUrl),
  ]);
  return {
    simulatorUrl,
    steps: [
      ...(simulatorUrl === null ? [] : [{ key: "simulator" as const, done: isSimulated }]),
      { key: "connect_page", done: facts.hasPage },
      { key: "doctor", done: facts.hasHealthyPage },
      { key: "receive_message", done: facts.hasInbound },
      { key: "reply", done: facts.hasReply },
    ],
  };
}
