import type { Answer } from "../api_types.ts";
import type { audience, campaigns } from "./campaigns_api.ts";

/** Names for what the server answers about campaigns; the shapes are the server's own, by way of Eden. */
export type Campaign = Answer<typeof campaigns.get>["campaign"];
export type CampaignKind = Campaign["kind"];
export type CampaignStatus = Campaign["status"];
export type CampaignCounts = Campaign["counts"];
export type CampaignOptions = Campaign["options"];
export type Audience = Campaign["audience"];
export type Schedule = NonNullable<Campaign["schedule"]>;
export type Recurrence = NonNullable<Schedule["recurrence"]>;
export type Weekday = NonNullable<Recurrence["weekdays"]>[number];
export type Split = Omit<NonNullable<Campaign["split"]>, "winner" | "decidedAt">;

export type Reach = Answer<typeof audience.preview>;
export type Reason = Reach["reasons"][number];
export type Results = Answer<typeof campaigns.results>;
export type Recipient = Answer<typeof campaigns.recipients>["items"][number];

export type ApprovalState = NonNullable<Campaign["approval"]>["state"];
export type CampaignActionRow = Answer<typeof campaigns.actions>["items"][number];

export type CalendarEntry = Answer<typeof campaigns.calendar>["items"][number];

/** What the event stream says of a campaign, about once a second while it is under way. */
export interface CampaignNews {
  campaignId: string;
  status: CampaignStatus;
  counts: CampaignCounts;
}
