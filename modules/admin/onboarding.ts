import { connect } from "node:net";
import { readFirstSteps } from "#messaging";
import type { AdminDeps } from "./deps.ts";

export type StepKey = "simulator" | "connect_page" | "doctor" | "receive_message" | "reply";

export interface Onboarding {
  steps: { key: StepKey; done: boolean }[];
  simulatorUrl: string | null;
}

/** The first steps of a workspace, completed by real events. Without a simulator its step is absent. */
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

/** Whether this address accepts a connection within half a second. */
async function isListening(address: string): Promise<boolean> {
  const { hostname, port, protocol } = new URL(address);
  return await new Promise((done) => {
    const socket = connect({
      host: hostname,
      port: Number(port) || (protocol === "https:" ? 443 : 80),
      timeout: 500,
    });
    const end = (isThere: boolean) => {
      socket.destroy();
      done(isThere);
    };
    socket.once("connect", () => end(true));
    socket.once("timeout", () => end(false));
    socket.once("error", () => end(false));
  });
}
