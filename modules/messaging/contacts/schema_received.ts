import { type Static, Type } from "@sinclair/typebox";
import { IsoTime, listOf, Nullable, PageQuery, SentenceCode, Uuid } from "#std";

const states = ["queued", "sending", "sent", "failed", "skipped", "cancelled", "unknown"] as const;

const ReceivedCampaignSchema = Type.Object({
  id: Uuid,
  campaign: Type.Object({ id: Uuid, name: Type.String(), isSequence: Type.Boolean() }),
  state: Type.Unsafe<(typeof states)[number]>(Type.Union(states.map((state) => Type.Literal(state)))),
  /** Why it was not sent, and what to do about it. */
  title: Nullable(Type.String()),
  titleCode: Type.Optional(Nullable(SentenceCode)),
  remedy: Nullable(Type.String()),
  remedyCode: Type.Optional(Nullable(SentenceCode)),
  /** When it ended, or was planned while it has not. */
  at: IsoTime,
  delivered: Type.Boolean(),
  read: Type.Boolean(),
  replied: Type.Boolean(),
  clicked: Type.Boolean(),
});

export type ReceivedCampaign = Static<typeof ReceivedCampaignSchema>;
export const ReceivedCampaignList = listOf(ReceivedCampaignSchema);

export const ReceivedCampaignsQuery = Type.Composite([
  PageQuery,
  Type.Object({
    skipped: Type.Optional(
      Type.Boolean({
        description:
          "true: only messages that were skipped or cancelled before they were sent; false: all others. Default: both",
      }),
    ),
  }),
]);
