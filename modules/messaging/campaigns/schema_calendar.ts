import { type Static, Type } from "@sinclair/typebox";
import { IsoTime, named, Uuid } from "#std";
import { CampaignKindSchema, CampaignStatusSchema } from "./schema.ts";

export const CalendarQuery = Type.Object({ from: IsoTime, until: IsoTime });
export type CalendarQuery = Static<typeof CalendarQuery>;

const CalendarEntry = named("CalendarEntry", {
  id: Uuid,
  name: Type.String(),
  kind: CampaignKindSchema,
  status: CampaignStatusSchema,
  /** When it starts or started. */
  at: IsoTime,
  isRecurring: Type.Boolean(),
});
export type CalendarEntry = Static<typeof CalendarEntry>;
export const CalendarResponse = Type.Object({ items: Type.Array(CalendarEntry) });
