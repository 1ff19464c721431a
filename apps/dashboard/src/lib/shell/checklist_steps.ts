import type { OnboardingKey } from "../api/types.ts";

/** The words of the checklist; whether a step is done comes from what really happened. */
export const CHECKLIST: Record<OnboardingKey, { name: string; about: string; path: string }> = {
  simulator: {
    name: "Try it with the simulator",
    about: "Write to yourself as a customer, without Facebook.",
    path: "/inbox",
  },
  connect_page: { name: "Connect a page", about: "Its messages then arrive in the inbox.", path: "/pages" },
  doctor: {
    name: "Pass the set-up doctor",
    about: "It checks the app, the webhook and the page.",
    path: "/pages",
  },
  receive_message: {
    name: "Receive a message",
    about: "Write to the page from another account.",
    path: "/inbox",
  },
  reply: {
    name: "Answer it",
    about: "The reply shows when it was sent, delivered and read.",
    path: "/inbox",
  },
};
