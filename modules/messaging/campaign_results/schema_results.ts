import { type Static, Type } from "@sinclair/typebox";
import { IsoTime, listOf, named, Nullable, oneOf, PageQuery, Uuid, SentenceCode } from "#std";

const states = ["queued", "sending", "sent", "failed", "skipped", "cancelled", "unknown"] as const;
export const StateSchema = oneOf(states);
export type RecipientState = (typeof states)[number];

/** A state of the ledger, or the outcome of a sent message. */
export const WantedStateSchema = oneOf([...states, "delivered", "read", "replied", "clicked"]);
export type WantedState = Static<typeof WantedStateSchema>;

export const RecipientsQuery = Type.Composite([
  PageQuery,
  Type.Object({
    state: Type.Optional(WantedStateSchema),
    reason: Type.Optional(Type.String({ maxLength: 100 })),
    pageId: Type.Optional(Uuid),
    variant: Type.Optional(Type.Number({ multipleOf: 1, minimum: -1, maximum: 3 })),
    search: Type.Optional(Type.String({ maxLength: 200 })),
  }),
]);
export type RecipientsQuery = Static<typeof RecipientsQuery>;

const RecipientSchema = named("Recipient", {
  id: Uuid,
  /** Null for a commenter who has not written yet, and for a contact that was deleted. */
  contactId: Nullable(Uuid),
  name: Type.String(),
  page: Type.Object({ id: Uuid, name: Type.String() }),
  state: StateSchema,
  reason: Nullable(Type.String()),
  title: Nullable(Type.String()),
  titleCode: Type.Optional(Nullable(SentenceCode)),
  remedy: Nullable(Type.String()),
  remedyCode: Type.Optional(Nullable(SentenceCode)),
  /** -1: waits for the winner of the split test. */
  variant: Type.Integer(),
  sentAt: Nullable(IsoTime),
  delivered: Type.Boolean(),
  /**
   * The first watermark of Meta that reached this message; null while it is not delivered, or when the time is
   * unknown.
   */
  deliveredAt: Nullable(IsoTime),
  read: Type.Boolean(),
  /** The same for reading. */
  readAt: Nullable(IsoTime),
  /** An answer within three days is credited to the newest campaign or sequence message before it. */
  replied: Type.Boolean(),
  clicked: Type.Boolean(),
});
export type Recipient = Static<typeof RecipientSchema>;
export const RecipientList = listOf(RecipientSchema);

const Count = Type.Integer({ minimum: 0 });
/** A share with its 95 % interval (Wilson score); from 0 to 1. */
const RateSchema = named("Rate", {
  count: Count,
  rate: Type.Number(),
  low: Type.Number(),
  high: Type.Number(),
});
export type Rate = Static<typeof RateSchema>;

export const ResultsResponse = named("CampaignResults", {
  /** A large campaign is counted now and then, since that takes seconds. */
  countedAt: IsoTime,
  /**
   * Why nothing of it leaves now, or not on all of its pages. page: they are held back, for the reason; time: the next
   * one's has not come; winner: that of its split test is not known yet. Null: nothing holds it.
   */
  waits: Nullable(
    Type.Object({
      why: oneOf(["workspace", "page", "time", "winner"]),
      reason: Nullable(Type.String()),
      pages: Count,
      /** The number of these pages with queued messages. */
      of: Count,
      until: Nullable(IsoTime),
    }),
  ),
  /** Recipients of a resend: failed ones, and those skipped for a page that is fixed. */
  missed: Count,
  byReason: Type.Array(
    Type.Object({
      state: StateSchema,
      reason: Type.String(),
      title: Type.String(),
      titleCode: Type.Optional(SentenceCode),
      count: Count,
    }),
  ),
  byPage: Type.Array(
    Type.Object({
      pageId: Uuid,
      name: Type.String(),
      planned: Count,
      sent: Count,
      delivered: Count,
      read: Count,
      replied: Count,
      clicked: Count,
      failed: Count,
      skipped: Count,
      cancelled: Count,
    }),
  ),
  byVariant: Type.Array(
    Type.Object({
      variant: Type.Integer(),
      weight: Type.Integer(),
      sent: Count,
      delivered: RateSchema,
      read: RateSchema,
      replied: RateSchema,
      clicked: RateSchema,
      reached: Nullable(RateSchema),
    }),
  ),
  /** Contacts who reached the campaign's goal; null without a goal. */
  reached: Nullable(RateSchema),
  /** The newest day of it, oldest minute first. */
  perMinute: Type.Array(Type.Object({ at: IsoTime, sent: Count, failed: Count })),
  funnel: Type.Array(Type.Object({ step: Type.String(), count: Count })),
});
export type Results = Static<typeof ResultsResponse>;
