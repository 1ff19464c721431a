import { type Static, Type } from "@sinclair/typebox";
import { named, Nullable, oneOf, Uuid } from "#std";

/** Days that can be asked for, today among them. */
export const spans = ["7", "30", "90"] as const;

export const AnalyticsQuery = Type.Object({
  days: Type.Optional(oneOf(spans)),
  /** Of one page alone. */
  pageId: Type.Optional(Uuid),
});
export type AnalyticsQuery = Static<typeof AnalyticsQuery>;

const Count = Type.Integer({ minimum: 0 });
const Seconds = Nullable(Type.Integer({ minimum: 0 }));

const TotalsSchema = Type.Object({
  newContacts: Count,
  received: Count,
  /** Conversations in which a person wrote, a day on average. */
  writersPerDay: Type.Number({ minimum: 0 }),
  /** Written by people here. */
  answers: Count,
  /** Welcome and away messages. */
  automatic: Count,
  /** Sent from Facebook or by another app. */
  elsewhere: Count,
  /** Messages of campaigns and sequences; of a page alone they are not counted by day, and are 0. */
  campaigns: Count,
  /** Response times: the median and the 90th percentile. Null: no replies. */
  response: Type.Object({ median: Seconds, p90: Seconds }),
  /** How long conversations took until they were resolved. */
  resolution: Type.Object({ median: Seconds, p90: Seconds }),
});
export type Totals = Static<typeof TotalsSchema>;

export const AnalyticsResponse = named("Analytics", {
  /** The zone of these days: an IANA name. */
  zone: Type.String(),
  /** One for each day, oldest first; the last one is today, which goes on. */
  days: Type.Array(
    Type.Object({
      day: Type.String({ examples: ["2026-11-24"] }),
      received: Count,
      answers: Count,
      campaigns: Count,
      newContacts: Count,
    }),
  ),
  totals: TotalsSchema,
  /** Of as many days before these. */
  before: TotalsSchema,
  pages: Type.Array(
    Type.Object({
      pageId: Uuid,
      name: Type.String(),
      newContacts: Count,
      received: Count,
      answers: Count,
      responseMedian: Seconds,
    }),
  ),
  /** When people write: a row for each day of the week, Monday first, with 24 hours. */
  hours: Type.Array(Type.Array(Count)),
  /** Where new contacts came from. */
  sources: Type.Array(Type.Object({ source: Type.String(), count: Count })),
  /** As they are now. */
  contacts: Type.Object({
    total: Count,
    subscribed: Count,
    window: Type.Object({ open: Count, human: Count, closed: Count }),
    engagement: Type.Object({ new: Count, hot: Count, warm: Count, cold: Count, inactive: Count }),
  }),
  /** Campaigns that began in these days, all pages together. An answer counts for one of them: the newest message before it, for three days. */
  launched: Type.Object({ campaigns: Count, sent: Count, delivered: Count, read: Count, replied: Count }),
});
export type Analytics = Static<typeof AnalyticsResponse>;
