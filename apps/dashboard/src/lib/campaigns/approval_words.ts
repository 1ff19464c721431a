import { m } from "#lib/paraglide/messages.js";
import type { Desk } from "../desk/desk.svelte.ts";
import type { Campaign } from "../api/campaigns.ts";

type Approval = NonNullable<Campaign["approval"]>;
type Us = Pick<Desk, "user" | "members">;

/** The requester or approver, from the reader's point of view. */
export function approvalWords({ state, askedById, decidedById }: Approval, us: Us): string {
  const nameOf = (id: string | null) =>
    us.members.find((member) => member.id === id)?.name ?? m.campaigns_someone();
  if (state === "asked") {
    return askedById === us.user.id ? m.campaigns_you_asked() : m.campaigns_asks({ name: nameOf(askedById) });
  }
  const isMine = decidedById === us.user.id;
  const name = nameOf(decidedById);
  if (state === "given") return isMine ? m.campaigns_you_approved() : m.campaigns_action_given_by({ name });
  return isMine ? m.campaigns_you_sent_back() : m.campaigns_action_refused_by({ name });
}
