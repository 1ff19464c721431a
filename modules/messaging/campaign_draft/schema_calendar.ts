import { type Static, Type } from "@sinclair/typebox";
import { IsoTime, listOf, named, Uuid } from "#std";
import { CampaignKindSchema, CampaignStatusSchema } from "../campaigns/mod.ts";

export const CalendarQuery = Type.Object({
  from: IsoTime,
  until: IsoTime,
  cursor: Type.Optional(Type.String({ maxLength: 500 })),
});
export type CalendarQuery = Static<typeof CalendarQuery>;

const CalendarEntry = named("CalendarEntry", {
  id: Uuid,
  name: Type.String(),
  kind: CampaignKindSchema,
  status: CampaignStatusSchema,
  /** The start; at its author's time for a campaign in each contact's zone. */
  at: IsoTime,
  isRecurring: Type.Boolean(),
});
export type CalendarEntry = Static<typeof CalendarEntry>;
export const CalendarResponse = listOf(CalendarEntry);
export type CalendarPage = Static<typeof CalendarResponse>;
