import type { TransactionSql } from "postgres";
import { setHeldElsewhere, setHeldHere } from "../conversations/mod.ts";
import type { Settling } from "./effects.ts";

/**
 * Records that another app controls these conversations, because Meta refused the message for it. Returns those where
 * this was new.
 */
export async function recordHeldElsewhere(
  tx: TransactionSql,
  all: readonly Settling[],
): Promise<{ workspaceId: string; contactId: string }[]> {
  const refused = attemptsOf(all.filter(({ effect }) => effect.isHeldElsewhere === true));
  return refused.length === 0 ? [] : await setHeldElsewhere(tx, refused);
}

/**
 * Records that no other app had control when Meta accepted a reply. Not for replies after 24 hours: Meta may accept
 * those under another app's control.
 */
export async function recordAccepted(tx: TransactionSql, all: readonly Settling[]): Promise<void> {
  const taken = attemptsOf(
    all.filter(
      ({ flight, effect }) =>
        effect.settlement.state === "sent" &&
        flight.campaignId === null &&
        flight.messagingType === "RESPONSE",
    ),
  );
  if (taken.length > 0) await setHeldHere(tx, taken);
}

function attemptsOf(all: readonly Settling[]) {
  return all.flatMap(({ flight: { workspaceId, pageId, contactId, attemptAt } }) =>
    contactId === null ? [] : [{ workspaceId, pageId, contactId, at: new Date(attemptAt).toISOString() }],
  );
}
