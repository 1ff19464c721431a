import type { TransactionSql } from "postgres";
import { setHeldElsewhere, setHeldHere } from "../conversations/mod.ts";
import type { Effect } from "./effects.ts";
import type { Flight } from "./flight.ts";

interface Settling {
  flight: Flight;
  effect: Effect;
}

/** Writes that another app holds these threads, as Meta refused the message for it. Returns those that nobody knew of. */
export async function recordHeldElsewhere(
  tx: TransactionSql,
  all: readonly Settling[],
): Promise<{ workspaceId: string; contactId: string }[]> {
  const refused = attemptsOf(all.filter(({ effect }) => effect.isHeldElsewhere === true));
  return refused.length === 0 ? [] : await setHeldElsewhere(tx, refused);
}

/**
 * Writes that no other app held these threads when Meta took a reply. Not of answers after 24 hours: Meta may take
 * those while another app holds the thread.
 */
export async function recordAccepted(tx: TransactionSql, all: readonly Settling[]): Promise<void> {
  const taken = attemptsOf(
    all.filter(
      ({ flight, effect }) =>
        effect.state === "sent" && flight.campaignId === null && flight.messagingType === "RESPONSE",
    ),
  );
  if (taken.length > 0) await setHeldHere(tx, taken);
}

function attemptsOf(all: readonly Settling[]) {
  return all.flatMap(({ flight: { workspaceId, pageId, contactId, attemptAt } }) =>
    contactId === null ? [] : [{ workspaceId, pageId, contactId, at: new Date(attemptAt).toISOString() }],
  );
}
