import { type Static, Type } from "@sinclair/typebox";
import { campaigns } from "#db/messaging";
import { IsoTime, listOf, named, nothingElse, Nullable, oneOf, PageQuery, Uuid, Words } from "#std";
import { AudienceSchema } from "../conditions/mod.ts";
import { ContentSchema } from "../templates/mod.ts";
import { GoalSchema } from "./goal.ts";
import { ScheduleSchema } from "./schedule.ts";
import { ApprovalSchema } from "./schema_approval.ts";

const kinds = ["window", "utility", "private_reply"] as const;
export type CampaignKind = (typeof kinds)[number];
const statuses = campaigns.status.enumValues;
export type CampaignStatus = (typeof statuses)[number];

export const CampaignKindSchema = oneOf(kinds);
export const CampaignStatusSchema = oneOf(statuses);
const Percent = Type.Number({ multipleOf: 1, minimum: 1, maximum: 100 });

/** People who commented on a page's posts of the last seven days, or on one post; for private replies only. */
const CommentersSchema = Type.Object(
  {
    commentsOn: Type.Object({
      pageId: Uuid,
      /** Meta's id of the post; all posts of the page when left out. */
      postId: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
      includeUnknownAuthors: Type.Optional(
        Type.Boolean({
          description:
            "Also reply to comments without an author, one by one. Opt-outs and repeated authors cannot be detected for them. Default: false",
        }),
      ),
    }),
  },
  nothingElse,
);
/** Of an unfinished draft: how its people will be chosen; nothing is chosen yet. */
const UndecidedSchema = Type.Object(
  { undecided: oneOf(["pages", "segment", "contacts", "file", "comments"]) },
  nothingElse,
);
export const CampaignAudienceSchema = Type.Union([AudienceSchema, CommentersSchema, UndecidedSchema], {
  title: "CampaignAudience",
});
export type CampaignAudience = Static<typeof CampaignAudienceSchema>;

/** A variant: its own content, or a template's at the launch. */
export const VariantSchema = named("Variant", {
  content: Type.Optional(ContentSchema),
  templateId: Type.Optional(Uuid),
  /** Percent of the people; those of all variants make 100. */
  weight: Type.Number({ multipleOf: 1, minimum: 0, maximum: 100 }),
});
export type Variant = Static<typeof VariantSchema>;

export const SplitSchema = named("Split", {
  /** Percent of the people who wait until a winner is known, and then get it. */
  holdoutPercent: Type.Number({ multipleOf: 1, minimum: 0, maximum: 90 }),
  /** reached: the campaign's goal. */
  winnerBy: oneOf(["delivered", "replied", "clicked", "reached"]),
  afterMinutes: Type.Number({ multipleOf: 1, minimum: 1, maximum: 10_080 }),
  /** Sent messages per variant before a winner is chosen, unless no more are to come; 100 when left out. */
  minimumSample: Type.Optional(Type.Number({ multipleOf: 1, minimum: 1, maximum: 1_000_000 })),
});
export type Split = Static<typeof SplitSchema>;

export const OptionsSchema = named("CampaignOptions", {
  /** The first part of a large campaign goes slowly; on unless false. */
  canary: Type.Optional(Type.Boolean()),
  /** It pauses itself when more of its last results than this failed. */
  failurePercent: Type.Optional(Percent),
  /** It pauses itself when more of its last recipients than this opted out. */
  optOutPercent: Type.Optional(Percent),
  ignoreCap: Type.Optional(Type.Boolean()),
  ignoreQuietHours: Type.Optional(Type.Boolean()),
  /**
   * Each person gets it in the hour of the day in which they mostly write, so many hours after its start at the
   * latest.
   */
  optimalHour: Type.Optional(
    Type.Object({ withinHours: Type.Number({ multipleOf: 1, minimum: 2, maximum: 24 }) }),
  ),
  goal: Type.Optional(GoalSchema),
});
export type Options = Static<typeof OptionsSchema>;

const Name = Type.String({ minLength: 1, maxLength: 200 });
const written = {
  audience: CampaignAudienceSchema,
  /** A message, or the name of a template in its place. */
  content: Type.Optional(Type.Union([Type.Object({ templateId: Uuid }, nothingElse), ContentSchema])),
  templateId: Type.Optional(Uuid),
  variants: Type.Optional(Type.Array(VariantSchema, { minItems: 1, maxItems: 4 })),
  split: Type.Optional(Nullable(SplitSchema)),
  schedule: Type.Optional(Nullable(ScheduleSchema)),
  /** Messages a second over all its pages; null: as fast as the pages allow. */
  speed: Type.Optional(Nullable(Type.Number({ minimum: 0.01, maximum: 10_000 }))),
  expiresAt: Type.Optional(Nullable(IsoTime)),
  options: Type.Optional(OptionsSchema),
  unfinished: Type.Optional(
    Type.Boolean({
      description:
        "Save a draft although parts are missing or wrong: they are checked before its launch. A scheduled campaign is always checked. Default: false",
    }),
  ),
};
export const NewCampaignBody = named("NewCampaign", { name: Name, kind: CampaignKindSchema, ...written });
export type NewCampaign = Static<typeof NewCampaignBody>;
export const CampaignChangeBody = Type.Partial(NewCampaignBody, {
  title: "CampaignChange",
  minProperties: 1,
});
export type CampaignChange = Static<typeof CampaignChangeBody>;

const Count = Type.Integer({ minimum: 0 });
const CountsSchema = named("CampaignCounts", {
  planned: Count,
  queued: Count,
  sending: Count,
  sent: Count,
  delivered: Count,
  read: Count,
  /** People who wrote within three days; an answer is credited to the newest campaign or sequence message before it. */
  replied: Count,
  clicked: Count,
  failed: Count,
  skipped: Count,
  cancelled: Count,
  unknown: Count,
});
export type Counts = Static<typeof CountsSchema>;

const CampaignSchema = named("Campaign", {
  id: Uuid,
  name: Type.String(),
  kind: CampaignKindSchema,
  status: CampaignStatusSchema,
  statusReason: Nullable(Type.String()),
  statusReasonWords: Type.Optional(Nullable(Words)),
  audience: CampaignAudienceSchema,
  variants: Type.Array(VariantSchema),
  split: Nullable(
    Type.Object({
      ...SplitSchema.properties,
      winner: Nullable(Type.Integer()),
      decidedAt: Nullable(IsoTime),
    }),
  ),
  schedule: Nullable(ScheduleSchema),
  /** When it starts, or its next occurrence; null when nothing is scheduled. */
  dueAt: Nullable(IsoTime),
  speed: Nullable(Type.Number()),
  expiresAt: Nullable(IsoTime),
  options: OptionsSchema,
  counts: CountsSchema,
  /** Sent in a second, measured over the last few. */
  perSecond: Type.Number(),
  /** The estimated end at the pages' pace; null: unknown. */
  endsAt: Nullable(IsoTime),
  /** The recurring campaign of which this is an occurrence. */
  parentId: Nullable(Uuid),
  occurrenceAt: Nullable(IsoTime),
  /** Null: not requested. A scheduled campaign with a pending request does not start. */
  approval: Nullable(ApprovalSchema),
  createdById: Nullable(Uuid),
  createdAt: IsoTime,
  updatedAt: IsoTime,
  launchedAt: Nullable(IsoTime),
  finishedAt: Nullable(IsoTime),
  archivedAt: Nullable(IsoTime),
});
export type Campaign = Static<typeof CampaignSchema>;
export const CampaignResponse = Type.Object({ campaign: CampaignSchema });
export const CampaignList = listOf(CampaignSchema);

export const campaignSorts = ["created", "when", "name", "sent", "replied"] as const;

export const CampaignsQuery = Type.Composite([
  PageQuery,
  Type.Object({
    status: Type.Optional(CampaignStatusSchema),
    search: Type.Optional(Type.String({ maxLength: 200 })),
    archived: Type.Optional(Type.Boolean({ default: false })),
    /** Only campaigns that wait for a manager's approval. */
    awaitingApproval: Type.Optional(Type.Boolean({ default: false })),
    /** Only the occurrences of this recurring campaign. */
    parentId: Type.Optional(Uuid),
    sort: Type.Optional(
      oneOf(campaignSorts, {
        description:
          "created: by creation; when: by the next start, or else the end, the launch or the creation; name; sent or replied: by these counts. Default: created",
      }),
    ),
    order: Type.Optional(
      oneOf(["asc", "desc"], { description: "Default: asc by name, desc by everything else" }),
    ),
  }),
]);
export type CampaignsQuery = Static<typeof CampaignsQuery>;

export const OfCampaign = Type.Object({ workspaceId: Uuid, campaignId: Uuid });

export const LaunchBody = Type.Object(
  {
    delaySeconds: Type.Optional(
      Type.Number({
        multipleOf: 1,
        minimum: 0,
        maximum: 60,
        default: 0,
        description:
          "Seconds before a campaign without a schedule starts. Until then nothing is sent and `undo-launch` makes it a draft again. A recurring campaign keeps its schedule",
        examples: [6],
      }),
    ),
  },
  { title: "Launch" },
);
const VariantNumber = Type.Number({ multipleOf: 1, minimum: 0, maximum: 3 });
export const TestSendBody = Type.Object({ contactId: Uuid, variant: Type.Optional(VariantNumber) });
export const TestSendResponse = Type.Object({ messageId: Uuid, conversationId: Uuid });
export const WinnerBody = Type.Object({ variant: VariantNumber });
