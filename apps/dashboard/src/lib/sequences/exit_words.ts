import { m } from "#lib/paraglide/messages.js";

/** Why a contact left a sequence. A reason that a newer server gives stays as it is. */
export function exitWords(reason: string | null): string | null {
  switch (reason) {
    case "unsubscribed":
      return m.sequences_exit_unsubscribed();
    case "blocked":
      return m.sequences_exit_blocked();
    case "replied":
      return m.sequences_exit_replied();
    case "clicked":
      return m.sequences_exit_clicked();
    case "tagged":
      return m.sequences_exit_tagged();
    case "by hand":
      return m.sequences_exit_by_hand();
    case "stopped":
      return m.sequences_exit_stopped();
    default:
      return reason;
  }
}
