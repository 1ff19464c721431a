import { type Static, Type } from "@sinclair/typebox";
import { campaignActions } from "#db/messaging";
import { IsoTime, listOf, named, Nullable, oneOf, Uuid } from "#std";

/** A manager's decision on an operator's campaign. */
export const ApprovalSchema = named("Approval", {
  state: oneOf(["asked", "given", "refused"]),
  askedById: Nullable(Uuid),
  decidedById: Nullable(Uuid),
  /** When it was asked for or decided, whichever came last. */
  at: IsoTime,
  /** The required changes. */
  note: Nullable(Type.String()),
});

export const ApproveBody = Type.Object({
  /** The campaign's `updatedAt` as it was read: later changes are not approved unseen. */
  updatedAt: IsoTime,
});
export const SendBackBody = Type.Object({
  note: Type.String({ minLength: 1, maxLength: 1_000, pattern: "\\S" }),
});

const actions = campaignActions.action.enumValues;
export type CampaignActionKind = (typeof actions)[number];

const CampaignActionSchema = named("CampaignAction", {
  id: Uuid,
  action: oneOf(actions),
  /** Null when it happened by itself. */
  by: Nullable(Type.Object({ id: Uuid, name: Type.String() })),
  note: Nullable(Type.String()),
  at: IsoTime,
});
export type CampaignAction = Static<typeof CampaignActionSchema>;
export const CampaignActionList = listOf(CampaignActionSchema);
