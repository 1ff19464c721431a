import { type Static, Type } from "@sinclair/typebox";
import { IsoTime, named, Nullable, Uuid, SentenceCode, Words } from "#std";

export const ComplianceQuery = Type.Object({ from: IsoTime, until: IsoTime });
export type ComplianceQuery = Static<typeof ComplianceQuery>;

const Count = Type.Integer({ minimum: 0 });
export const ComplianceResponse = named("Compliance", {
  /** Sent messages by route. */
  byRoute: Type.Array(
    Type.Object({
      route: Type.String(),
      title: Type.String(),
      titleCode: Type.Optional(Nullable(SentenceCode)),
      count: Count,
    }),
  ),
  /** Unsent messages by reason. */
  refusals: Type.Array(
    Type.Object({
      reason: Type.String(),
      title: Type.String(),
      titleCode: Type.Optional(SentenceCode),
      count: Count,
    }),
  ),
  /** People who got something from an automation. */
  reached: Count,
  /** Of these, contacts who opted out after it in this period. */
  optedOut: Count,
  /** optedOut of reached, from 0 to 1. */
  optOutRate: Type.Number(),
  /** How many people got from `messages` to `atMost` automatic messages; null: that many and more. */
  frequency: Type.Array(Type.Object({ messages: Count, atMost: Nullable(Count), people: Count })),
  pagesAtRisk: Type.Array(
    Type.Object({
      pageId: Uuid,
      name: Type.String(),
      status: Type.String(),
      statusReason: Nullable(Type.String()),
      statusReasonWords: Type.Optional(Nullable(Words)),
      sent: Count,
      failed: Count,
      optedOut: Count,
      /** Why it is here, in words. */
      why: Type.String(),
      whyWords: Type.Optional(Words),
    }),
  ),
});
export type Compliance = Static<typeof ComplianceResponse>;
