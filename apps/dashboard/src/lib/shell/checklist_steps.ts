import { m } from "#lib/paraglide/messages.js";
import type { OnboardingKey } from "../api/types.ts";

/** The words of the checklist; whether a step is done comes from what really happened. */
export const CHECKLIST: Record<OnboardingKey, { name: string; about: string; path: string }> = {
  simulator: {
    name: m.shell_step_simulator(),
    about: m.shell_step_simulator_about(),
    path: "/inbox",
  },
  connect_page: { name: m.shell_step_connect(), about: m.shell_step_connect_about(), path: "/pages" },
  doctor: {
    name: m.shell_step_doctor(),
    about: m.shell_step_doctor_about(),
    path: "/pages",
  },
  receive_message: {
    name: m.shell_step_receive(),
    about: m.shell_step_receive_about(),
    path: "/inbox",
  },
  reply: {
    name: m.shell_step_reply(),
    about: m.shell_step_reply_about(),
    path: "/inbox",
  },
};
