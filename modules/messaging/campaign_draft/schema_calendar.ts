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
  /** When it starts or started; where its author put it when it goes by everybody's own clocks. */
  at: IsoTime,
  isRecurring: Type.Boolean(),
});
export type CalendarEntry = Static<typeof CalendarEntry>;
export const CalendarResponse = listOf(CalendarEntry);
export type CalendarPage = Static<typeof CalendarResponse>;
