import { m } from "#lib/paraglide/messages.js";
import {
  type ContentDraft,
  contentDraft,
  contentOf,
  contentProblems,
  emptyContent,
} from "../../templates/content_draft.ts";
import type {
  Audience,
  Campaign,
  CampaignBody,
  CampaignKind,
  CampaignOptions,
  Split,
} from "../../api/campaigns.ts";
import { emptyGoal, type GoalDraft, goalDraft, goalOf, goalProblems } from "./goal_draft.ts";
import { instantOf, wallOf } from "../../ui/wall_time.ts";
import { emptyWhen, scheduleOf, type WhenDraft, whenDraft } from "./when_draft.ts";

/** `given`: an audience that this screen cannot show, such as conditions of an API client; it is kept as it is. */
export type AudienceWay = "all" | "pages" | "segment" | "contacts" | "file" | "comments" | "given";

/** The people of a CSV file, who became a segment. */
export interface FileDraft {
  transferId: string;
  fileName: string;
  segmentId: string;
  segmentName: string;
  /** Lines: of people here, of nobody here, and with no PSID or one that came before. */
  matched: number;
  unmatched: number;
  refused: number;
}

export interface AudienceDraft {
  way: AudienceWay;
  pageIds: string[];
  segmentId: string | null;
  contactIds: string[];
  file: FileDraft | null;
  commentPageId: string | null;
  postId: string;
  /** Comments without an author are answered too. */
  includesUnknown: boolean;
  given: Audience | null;
}

export interface VariantDraft {
  weight: number;
  content: ContentDraft;
  /** The template of an API client and its content: it stays named until somebody changes the content. */
  template: { id: string; says: string } | null;
}

/** A campaign while it is being made: every field is there, so that inputs can bind to it. */
export interface CampaignDraft {
  name: string;
  kind: CampaignKind;
  audience: AudienceDraft;
  variants: VariantDraft[];
  split: Split | null;
  when: WhenDraft;
  speed: number | null;
  expires: { date: string; time: string };
  goal: GoalDraft;
  /** All but the goal. */
  options: CampaignOptions;
}

export const MAX_VARIANTS = 4;

export function newDraft(timezone: string): CampaignDraft {
  return {
    name: "",
    kind: "window",
    audience: {
      way: "all",
      pageIds: [],
      segmentId: null,
      contactIds: [],
      file: null,
      commentPageId: null,
      postId: "",
      includesUnknown: false,
      given: null,
    },
    variants: [{ weight: 100, content: emptyContent(), template: null }],
    split: null,
    when: emptyWhen(timezone),
    speed: null,
    expires: { date: "", time: "18:00" },
    goal: emptyGoal(),
    options: {},
  };
}

export function draftOf(campaign: Campaign, timezone: string): CampaignDraft {
  const empty = newDraft(timezone);
  const { audience, schedule } = campaign;
  const zone = schedule?.timezone ?? timezone;
  const { goal, ...options } = campaign.options;
  return {
    name: campaign.name,
    kind: campaign.kind,
    audience: { ...empty.audience, ...audienceDraft(audience) },
    variants: campaign.variants.length === 0 ? empty.variants : campaign.variants.map(variantDraft),
    split: campaign.split && splitOf(campaign.split),
    when: { ...empty.when, timezone: zone, ...whenDraft(schedule, zone) },
    speed: campaign.speed,
    expires: campaign.expiresAt === null ? empty.expires : wallOf(campaign.expiresAt, zone),
    goal: goalDraft(goal),
    options,
  };
}

function variantDraft({
  weight,
  content: given = {},
  templateId,
}: Campaign["variants"][number]): VariantDraft {
  const content = contentDraft(given);
  return { weight, content, template: templateId ? { id: templateId, says: saying(content) } : null };
}

const saying = (content: ContentDraft): string => JSON.stringify(contentOf(content));

function splitOf({ holdoutPercent, winnerBy, afterMinutes, minimumSample }: Split): Split {
  const sample = minimumSample === undefined ? {} : { minimumSample };
  return { holdoutPercent, winnerBy, afterMinutes, ...sample };
}

function audienceDraft(audience: Audience): Partial<AudienceDraft> {
  if ("pageIds" in audience) return { way: "pages", pageIds: audience.pageIds };
  if ("segmentId" in audience) return { way: "segment", segmentId: audience.segmentId };
  if ("contactIds" in audience) return { way: "contacts", contactIds: audience.contactIds };
  if ("commentsOn" in audience) {
    const { pageId, postId, includeUnknownAuthors } = audience.commentsOn;
    return {
      way: "comments",
      commentPageId: pageId,
      postId: postId ?? "",
      includesUnknown: includeUnknownAuthors === true,
    };
  }
  if ("undecided" in audience) return { way: audience.undecided };
  return "all" in audience ? { way: "all" } : { way: "given", given: audience };
}

/** A page that sends it for certain; undefined where that is anybody's page. */
export function firstPageOf({ way, pageIds, commentPageId }: AudienceDraft): string | undefined {
  if (way === "comments") return commentPageId ?? undefined;
  return way === "pages" ? pageIds[0] : undefined;
}

/** The audience as the API takes it; null while it is not chosen. */
export function audienceOf({ audience }: Pick<CampaignDraft, "audience">): Audience | null {
  const { way, pageIds, segmentId, contactIds, file, commentPageId, postId, includesUnknown } = audience;
  if (way === "given") return audience.given;
  if (way === "all") return { all: true };
  if (way === "pages") return pageIds.length === 0 ? null : { pageIds };
  if (way === "segment") return segmentId === null ? null : { segmentId };
  if (way === "file") return file === null ? null : { segmentId: file.segmentId };
  if (way === "contacts") return contactIds.length === 0 ? null : { contactIds };
  if (commentPageId === null) return null;
  return {
    commentsOn: {
      pageId: commentPageId,
      ...(postId.trim() === "" ? {} : { postId: postId.trim() }),
      ...(includesUnknown ? { includeUnknownAuthors: true } : {}),
    },
  };
}

/** The same as a draft keeps it: while nobody is chosen, how they will be. */
function storedAudience(draft: Pick<CampaignDraft, "audience">): Audience {
  const { way } = draft.audience;
  const chosen = audienceOf(draft);
  if (chosen !== null || way === "all" || way === "given") return chosen ?? { all: true };
  return { undecided: way };
}

/** The stored form of the draft, complete or not. */
export function bodyOf(draft: CampaignDraft): CampaignBody {
  const goal = goalOf(draft.goal);
  return {
    name: draft.name.trim(),
    kind: draft.kind,
    audience: storedAudience(draft),
    variants: draft.variants.map(({ weight, content, template }) =>
      template?.says === saying(content)
        ? { weight, templateId: template.id }
        : { weight, content: contentOf(content) },
    ),
    split: draft.variants.length > 1 ? draft.split : null,
    schedule: scheduleOf(draft.when),
    speed: draft.speed,
    expiresAt: expiryOf(draft)?.toISOString() ?? null,
    options: { ...optionsOf(draft), ...(goal ? { goal } : {}) },
  };
}

/** Whether each person may get it at an hour of their own: a reply is wanted now, and one time for all is no hour. */
export function mayChooseHour({ kind, when }: Pick<CampaignDraft, "kind" | "when">): boolean {
  return kind !== "private_reply" && !(when.way === "at" && when.inContactZone);
}

function optionsOf(draft: CampaignDraft): CampaignOptions {
  const { optimalHour, ...options } = draft.options;
  return optimalHour && mayChooseHour(draft) ? { ...options, optimalHour } : options;
}

/** A recurring campaign ends by its own `until`. */
function expiryOf({ expires, when }: CampaignDraft): Date | null {
  return when.way === "recurring" ? null : instantOf(expires.date, expires.time, when.timezone);
}

export const STEPS = ["kind", "audience", "content", "when", "review"] as const;
export type Step = (typeof STEPS)[number];

/** The missing parts before the launch, by step. */
export function stepProblems(draft: CampaignDraft, now: number): Record<Step, string[]> {
  const kind = draft.name.trim() === "" ? [m.campaigns_missing_name()] : [];
  const audience = audienceOf(draft) === null ? [AUDIENCE_MISSING[draft.audience.way]] : [];
  const isSplit = draft.variants.length > 1;
  const content = draft.variants.flatMap(({ content }, index) =>
    contentProblems(content).map((problem) =>
      isSplit ? m.campaigns_variant_problem({ letter: variantName(index), problem }) : problem,
    ),
  );
  const total = draft.variants.reduce((sum, { weight }) => sum + weight, 0);
  content.push(...goalProblems(draft.goal));
  if (isSplit && draft.split?.winnerBy === "reached" && draft.goal.on === "none")
    content.push(m.campaigns_missing_goal());
  if (isSplit && total !== 100) content.push(m.campaigns_missing_shares({ total }));
  return { kind, audience, content, when: whenProblems(draft, now), review: [] };
}

const AUDIENCE_MISSING: Record<AudienceWay, string> = {
  all: "",
  pages: m.campaigns_missing_pages(),
  segment: m.campaigns_select_segment(),
  contacts: m.campaigns_missing_contacts(),
  file: m.campaigns_missing_file(),
  comments: m.campaigns_missing_comments(),
  given: m.campaigns_missing_audience(),
};

function whenProblems(draft: CampaignDraft, now: number): string[] {
  const { when } = draft;
  const problems: string[] = [];
  const at = when.way === "at" ? instantOf(when.date, when.time, when.timezone) : null;
  if (when.way === "at" && at === null) problems.push(m.campaigns_missing_time());
  if (at !== null && at.getTime() < now) problems.push(m.campaigns_time_passed());
  if (when.way === "recurring" && when.every === "week" && when.weekdays.length === 0) {
    problems.push(m.campaigns_missing_weekday());
  }
  const ends = expiryOf(draft);
  if (ends !== null && ends.getTime() <= (at?.getTime() ?? now)) {
    problems.push(m.campaigns_stops_too_early());
  }
  return problems;
}

/** Its title; recipients that wait for the winner of a split test have -1. */
export function variantTitle(index: number): string {
  return index < 0 ? m.campaigns_variant_open() : m.campaigns_variant({ letter: variantName(index) });
}

/** A, B, C, D */
export function variantName(index: number): string {
  return "ABCD"[index] ?? String(index + 1);
}

/** Shares that add up to 100 for so many variants. */
export function evenWeights(count: number): number[] {
  const share = Math.floor(100 / count);
  return Array.from({ length: count }, (_, index) => (index === 0 ? 100 - share * (count - 1) : share));
}
