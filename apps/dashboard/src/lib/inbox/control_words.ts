import { m } from "#lib/paraglide/messages.js";
import type { Conversation } from "../api/types.ts";

/** Who holds the conversation, in a few words; null where Meta told nothing. */
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
