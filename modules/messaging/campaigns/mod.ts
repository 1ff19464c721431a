/** A campaign as a row: its schema, its view, its history, its schedule. */
export { type Actor, actorOf } from "./actor.ts";
export { listActions, recordAction } from "./campaign_actions.ts";
export { publishCampaign, readCampaign } from "./campaign_live.ts";
export { type CampaignRow, readCounted, selectCampaigns } from "./campaign_rows.ts";
export {
  type BeforeLaunch,
  type StoredOptions,
  kindOf,
  readStored,
  stored,
  viewCampaign,
  viewCounts,
} from "./campaign_view.ts";
export type { CampaignDeps, CampaignRouteDeps, LinkDeps } from "./deps.ts";
export { estimateSeconds } from "./estimate.ts";
export { type Goal, reachedSql } from "./goal.ts";
export {
  type Schedule,
  ScheduleSchema,
  afterStandstill,
  checkSchedule,
  firstDue,
  inZone,
  nextOccurrence,
  occurrencesBetween,
  shortestPause,
} from "./schedule.ts";
export {
  type Campaign,
  type CampaignAudience,
  CampaignAudienceSchema,
  type CampaignChange,
  CampaignChangeBody,
  type CampaignKind,
  CampaignKindSchema,
  CampaignList,
  CampaignResponse,
  CampaignStatusSchema,
  CampaignsQuery,
  LaunchBody,
  type NewCampaign,
  NewCampaignBody,
  OfCampaign,
  type Options,
  OptionsSchema,
  type Split,
  TestSendBody,
  TestSendResponse,
  type Variant,
  WinnerBody,
} from "./schema.ts";
export { ApproveBody, CampaignActionList, SendBackBody } from "./schema_approval.ts";
export { type PlannedContent, fixedVariants, readPlannedContents, storeVariants } from "./variants.ts";
