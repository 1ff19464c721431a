import { type Static, type TSchema, Type } from "@sinclair/typebox";
import { IsoTime, Nullable, parse, recognize } from "#std";
import { canary } from "../delivery/mod.ts";
import type { CampaignRow } from "./campaign_rows.ts";
import { ScheduleSchema } from "./schedule.ts";
import {
  type Campaign,
  CampaignAudienceSchema,
  type CampaignKind,
  type Counts,
  OptionsSchema,
  SplitSchema,
  VariantSchema,
} from "./schema.ts";

const Variants = Type.Array(VariantSchema, { minItems: 1 });
/** The values that a launch replaces, for its undo. */
const BeforeLaunch = Type.Object({
  variants: Variants,
  schedule: Nullable(ScheduleSchema),
  /** It waited for an approval, on which the launch decided. */
  isAsked: Type.Boolean(),
});
export type BeforeLaunch = Static<typeof BeforeLaunch>;

/** The content of a campaign's jsonb columns. */
const DraftSchema = Type.Object({ variants: Variants, before: Type.Optional(BeforeLaunch) });
const StoredSplit = Type.Composite([
  SplitSchema,
  Type.Object({
    winner: Type.Optional(Nullable(Type.Integer())),
    decidedAt: Type.Optional(Nullable(IsoTime)),
  }),
]);
const StoredOptions = Type.Composite([OptionsSchema, Type.Object({ split: Type.Optional(StoredSplit) })]);
export type StoredOptions = Static<typeof StoredOptions>;

/** A jsonb column as its type. */
export function stored<T extends TSchema>(schema: T, value: unknown, what: string): Static<T> {
  const parsed = parse(schema, value);
  if (parsed.ok) return parsed.value;
  const [error] = parsed.errors;
  throw new Error(`Cannot read the ${what} of a campaign: ${error?.path} ${error?.message}`);
}

/** The jsonb of a row as its types. */
export function readStored(row: Pick<CampaignRow, "audience" | "draft" | "schedule" | "options">) {
  const { variants, before } = stored(DraftSchema, row.draft, "content");
  return {
    audience: stored(CampaignAudienceSchema, row.audience, "audience"),
    variants,
    /** Of one that was launched and not changed since. */
    before: before ?? null,
    schedule: stored(Nullable(ScheduleSchema), row.schedule, "schedule"),
    options: stored(StoredOptions, row.options, "options"),
  };
}

export function kindOf({ kind }: Pick<CampaignRow, "kind">): CampaignKind {
  if (kind === "sequence") throw new Error("Cannot show a sequence as a campaign");
  return kind;
}

const iso = (at: Date | null) => at?.toISOString() ?? null;

/** A campaign as the API shows it, with counts that equal the ledger: folded counts plus deltas. */
export function viewCampaign(row: CampaignRow, unfolded: Record<string, number> = {}): Campaign {
  const { audience, variants, schedule, options: storedOptions } = readStored(row);
  const { split, ...options } = storedOptions;
  // With an hour for each person the speed of this moment says nothing of the end.
  const isSpread = options.optimalHour !== undefined || schedule?.inContactZone === true;
  const progress = numbersOf(row.progress);
  const isLive = row.status === "planning" || row.status === "running";
  const counts = viewCounts(numbersOf(row.counts), unfolded);
  return {
    id: row.id,
    name: row.name,
    kind: kindOf(row),
    status: row.status,
    statusReason: row.statusReason,
    statusReasonWords: recognize(row.statusReason),
    audience,
    variants,
    schedule,
    split: split ? { ...split, winner: split.winner ?? null, decidedAt: split.decidedAt ?? null } : null,
    dueAt: row.status === "scheduled" || row.pausedFrom === "scheduled" ? iso(row.dueAt) : null,
    speed: row.speedPerSecond,
    expiresAt: iso(row.expiresAt),
    options,
    counts,
    perSecond: isLive ? (progress.perSecond ?? 0) : 0,
    endsAt: isLive
      ? endOf({
          progress,
          counts,
          at: isSpread ? null : row.progressAt,
          speed: row.speedPerSecond,
          mayBeginSlowly: options.canary !== false,
        })
      : null,
    parentId: row.parentId,
    occurrenceAt: iso(row.occurrenceAt),
    approval: approvalOf(row),
    createdById: row.createdBy,
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
    launchedAt: iso(row.launchedAt),
    finishedAt: iso(row.finishedAt),
    archivedAt: iso(row.archivedAt),
  };
}

function approvalOf(row: CampaignRow): Campaign["approval"] {
  if (row.approval === null || row.approvalAt === null) return null;
  return {
    state: row.approval,
    askedById: row.approvalAskedBy,
    decidedById: row.approvalDecidedBy,
    at: row.approvalAt.toISOString(),
    note: row.approvalNote,
  };
}

interface Going {
  progress: Record<string, number>;
  counts: Counts;
  /** When its speed was measured; null when that says nothing of its end. */
  at: Date | null;
  speed: number | null;
  mayBeginSlowly: boolean;
}

/** The later of two guesses: at the speed of the last seconds, and at the pace of the slowest page. */
function endOf(going: Going): string | null {
  const { progress, counts, at } = going;
  const { perSecond = 0, pagesEndAt } = progress;
  const left = counts.queued + counts.sending;
  const slow = slowStart(going);
  // After a slow beginning, without a speed of its own, only the pages say how it goes on.
  const speed = slow ? going.speed : perSecond;
  const secondsLeft = speed ? (slow?.seconds ?? 0) + (left - (slow?.left ?? 0)) / speed : null;
  const bySpeed = at && secondsLeft !== null ? at.getTime() + 1000 * secondsLeft : null;
  const byPages = pagesEndAt === undefined ? null : pagesEndAt + 1000 * (slow?.seconds ?? 0);
  const guesses = [bySpeed, byPages].filter((guess) => guess !== null);
  return guesses.length === 0 ? null : new Date(Math.max(...guesses)).toISOString();
}

/** The rest of a slow start, whose speed does not predict the future; it is measured a little later. */
function slowStart({
  progress,
  counts,
  speed,
  mayBeginSlowly,
}: Going): { left: number; seconds: number } | null {
  const { first, above, perSecond } = canary;
  const gone = counts.sent + counts.failed;
  const isMeasured = gone > 2 * first || (progress.perSecond ?? 0) > 2 * perSecond;
  if (!mayBeginSlowly || counts.planned <= above || isMeasured) return null;
  const left = Math.min(Math.max(0, first - gone), counts.queued + counts.sending);
  return { left, seconds: left / Math.min(perSecond, speed ?? perSecond) };
}

function numbersOf(value: unknown): Record<string, number> {
  if (typeof value !== "object" || value === null) return {};
  return Object.fromEntries(
    Object.entries(value).filter((entry): entry is [string, number] => typeof entry[1] === "number"),
  );
}

/** Counts as the API shows them: folded counts plus deltas. */
export function viewCounts(folded: Record<string, number>, unfolded: Record<string, number> = {}): Counts {
  const of = (name: string) => Math.max(0, (folded[name] ?? 0) + (unfolded[name] ?? 0));
  const states = {
    queued: of("queued"),
    sending: of("sending") + of("leased"),
    sent: of("sent"),
    failed: of("failed"),
    skipped: of("skipped"),
    cancelled: of("cancelled"),
    unknown: of("unknown"),
  };
  const planned = Object.values(states).reduce((sum, count) => sum + count, 0);
  return {
    planned,
    ...states,
    delivered: of("delivered"),
    read: of("read"),
    replied: of("replied"),
    clicked: of("clicked"),
  };
}
