import type { Conversation } from "../api/types.ts";

/** Who holds the conversation, in a few words; null where Meta told nothing. */
export function controlWords({ state, app }: Conversation["control"]): string | null {
  switch (state) {
    case "ours":
      return "MessageSender";
    case "other":
      return app ?? "Another app";
    case "requested":
      return `${app ?? "Another app"}. Requested; not granted yet`;
    case "idle":
      return "Nobody";
    case "unknown":
      return null;
  }
}
