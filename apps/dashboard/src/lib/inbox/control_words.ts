import { m } from "#lib/paraglide/messages.js";
import type { Conversation } from "../api/types.ts";

/** The app that holds the conversation, in a few words; null if Meta has not said. */
export function controlWords({ state, app }: Conversation["control"]): string | null {
  switch (state) {
    case "ours":
      return "MessageSender";
    case "other":
      return app ?? m.inbox_another_app();
    case "requested":
      return m.inbox_control_requested_from({ app: app ?? m.inbox_another_app() });
    case "idle":
      return m.inbox_control_nobody();
    case "unknown":
      return null;
  }
}
