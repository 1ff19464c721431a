import type { Desk } from "../desk/desk.svelte.ts";
import type { Campaign } from "../api/campaigns.ts";

type Approval = NonNullable<Campaign["approval"]>;
type Us = Pick<Desk, "user" | "members">;

/** Who asked for an approval or decided on it, as the person at the screen says it. */
export function approvalWords({ state, askedById, decidedById }: Approval, us: Us): string {
  const nameOf = (id: string | null) => us.members.find((member) => member.id === id)?.name ?? "Somebody";
  if (state === "asked") {
    return askedById === us.user.id
      ? "You asked for an approval. Managers were told"
      : `${nameOf(askedById)} asks for an approval`;
  }
  const who = decidedById === us.user.id ? "You" : nameOf(decidedById);
  return state === "given" ? `${who} approved it` : `${who} sent it back`;
}
