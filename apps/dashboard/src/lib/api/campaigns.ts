import { allItems, answer, type Answer, inWorkspace, LIST_LIMIT } from "./client.ts";

function campaign(workspaceId: string, campaignId: string) {
  return inWorkspace(workspaceId).campaigns({ campaignId });
}

export type CampaignBody = Parameters<ReturnType<typeof inWorkspace>["campaigns"]["post"]>[0];

export interface CampaignQuery {
  status?: CampaignStatus;
  search?: string;
  archived?: boolean;
  awaitingApproval?: boolean;
  sort?: "created" | "when" | "name" | "sent" | "replied";
  order?: "asc" | "desc";
  cursor?: string;
}

/** A state of the ledger, or the outcome of a sent message. */
export type WantedState =
  | "queued"
  | "sending"
  | "sent"
  | "delivered"
  | "read"
  | "replied"
  | "clicked"
  | "failed"
  | "skipped"
  | "cancelled"
  | "unknown";

export interface RecipientQuery {
  state?: WantedState;
  reason?: string;
  pageId?: string;
  variant?: number;
  search?: string;
  cursor?: string;
}

/** How long a launch can be undone before anything is sent; the server counts them. */
export const UNDO_SECONDS = 6;

/** Actions on a campaign without parameters. */
const ACTIONS = {
  launch: (w: string, id: string) => answer(campaign(w, id).launch.post({ delaySeconds: UNDO_SECONDS })),
  "undo-launch": (w: string, id: string) => answer(campaign(w, id)["undo-launch"].post()),
  pause: (w: string, id: string) => answer(campaign(w, id).pause.post()),
  resume: (w: string, id: string) => answer(campaign(w, id).resume.post()),
  cancel: (w: string, id: string) => answer(campaign(w, id).cancel.post()),
  "ask-approval": (w: string, id: string) => answer(campaign(w, id)["ask-approval"].post()),
  duplicate: (w: string, id: string) => answer(campaign(w, id).duplicate.post()),
  archive: (w: string, id: string) => answer(campaign(w, id).archive.post()),
  unarchive: (w: string, id: string) => answer(campaign(w, id).unarchive.post()),
  "resend-failed": (w: string, id: string) => answer(campaign(w, id)["resend-failed"].post()),
};
export type CampaignAction = keyof typeof ACTIONS;

export const campaigns = {
  list: (workspaceId: string, query: CampaignQuery) =>
    answer(inWorkspace(workspaceId).campaigns.get({ query: { limit: LIST_LIMIT, ...query } })),
  get: (workspaceId: string, campaignId: string) => answer(campaign(workspaceId, campaignId).get()),
  create: (workspaceId: string, body: CampaignBody) => answer(inWorkspace(workspaceId).campaigns.post(body)),
  change: (workspaceId: string, campaignId: string, body: Partial<CampaignBody>) =>
    answer(campaign(workspaceId, campaignId).patch(body)),
  remove: (workspaceId: string, campaignId: string) => answer(campaign(workspaceId, campaignId).delete()),
  act: (workspaceId: string, campaignId: string, action: CampaignAction) =>
    ACTIONS[action](workspaceId, campaignId),
  calendar: (workspaceId: string, query: { from: string; until: string; cursor?: string }) =>
    answer(inWorkspace(workspaceId).campaigns.calendar.get({ query })),
  test: (workspaceId: string, campaignId: string, body: { contactId: string; variant: number }) =>
    answer(campaign(workspaceId, campaignId).test.post(body)),
  chooseWinner: (workspaceId: string, campaignId: string, variant: number) =>
    answer(campaign(workspaceId, campaignId)["choose-winner"].post({ variant })),
  approve: (workspaceId: string, campaignId: string, updatedAt: string) =>
    answer(campaign(workspaceId, campaignId).approve.post({ updatedAt })),
  sendBack: (workspaceId: string, campaignId: string, note: string) =>
    answer(campaign(workspaceId, campaignId)["send-back"].post({ note })),
  actions: (workspaceId: string, campaignId: string, page: { cursor?: string }) =>
    answer(campaign(workspaceId, campaignId).actions.get({ query: { limit: LIST_LIMIT, ...page } })),
  recipients: (workspaceId: string, campaignId: string, query: RecipientQuery) =>
    answer(campaign(workspaceId, campaignId).recipients.get({ query: { limit: LIST_LIMIT, ...query } })),
  results: (workspaceId: string, campaignId: string) =>
    answer(campaign(workspaceId, campaignId).results.get()),
};

export type ReachQuestion = Parameters<ReturnType<typeof inWorkspace>["audience"]["preview"]["post"]>[0];

/** The reach of a campaign before it is sent. */
export const audience = {
  preview: (workspaceId: string, body: ReachQuestion, signal?: AbortSignal) =>
    answer(inWorkspace(workspaceId).audience.preview.post(body, signal ? { fetch: { signal } } : {})),
  leftOut: (workspaceId: string, body: ReachQuestion & { reason: string; cursor?: string }) =>
    answer(inWorkspace(workspaceId).audience.preview.contacts.post(body)),
};

const listSegments = (workspaceId: string) =>
  allItems((query) => answer(inWorkspace(workspaceId).segments.get({ query })));

export type Segment = Awaited<ReturnType<typeof listSegments>>[number];

export const segments = { list: listSegments };

/** Names for the server's answers about campaigns; Eden gives the server's own types. */
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
