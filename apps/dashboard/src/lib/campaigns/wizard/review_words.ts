import { fullDateTime, plural } from "../../ui/format.ts";
import type { CheckState } from "../../api/types.ts";
import type { SendingRules } from "../../api/consent.ts";
import type { Reach, Weekday } from "../../api/campaigns.ts";
import { durationWords } from "../duration.ts";
import { contactCount } from "../../ui/contact_count.ts";
import { instantOf } from "../../ui/wall_time.ts";
import { type CampaignDraft, mayChooseHour, stepProblems } from "./draft.ts";
import { WEEKDAYS } from "./when_draft.ts";

export const WEEKDAY_NAMES: Record<Weekday, string> = {
  mon: "Monday",
  tue: "Tuesday",
  wed: "Wednesday",
  thu: "Thursday",
  fri: "Friday",
  sat: "Saturday",
  sun: "Sunday",
};

/** From so many people on, the number is typed before a launch. */
export const TYPED_FROM = 1000;

export interface PolicyLine {
  state: CheckState;
  text: string;
}

/** What happens when this is launched, in one sentence. */
export function reviewSentence(
  draft: CampaignDraft,
  { reach, seconds, audience }: { reach: Reach | null; seconds: number | null; audience: string },
): string {
  const what =
    draft.variants.length > 1
      ? `One of ${draft.variants.length} variants`
      : draft.kind === "utility"
        ? "A utility template"
        : draft.kind === "private_reply"
          ? "A private reply"
          : "A message";
  const who = reach === null ? audience : `${contactCount(reach.count)} (${audience})`;
  const lasts =
    reach !== null && reach.count > 0 && seconds !== null && hourWords(draft) === ""
      ? `, in about ${durationWords(seconds)}`
      : "";
  return `${what} goes to ${who} ${whenWords(draft)}${lasts}.`;
}

export function whenWords(draft: Pick<CampaignDraft, "when" | "kind" | "options">): string {
  return `${startWords(draft)}${hourWords(draft)}`;
}

function hourWords(draft: Pick<CampaignDraft, "when" | "kind" | "options">): string {
  const { optimalHour } = draft.options;
  if (!optimalHour || !mayChooseHour(draft)) return "";
  return `, to each in the hour in which they mostly write, within ${plural(optimalHour.withinHours, "hour")}`;
}

function startWords({ when }: Pick<CampaignDraft, "when">): string {
  if (when.way === "now") return "as soon as it is launched";
  if (when.way === "at") {
    if (when.inContactZone) return `on ${when.date} at ${when.time}, where each person is`;
    const at = instantOf(when.date, when.time, when.timezone);
    return at === null ? "at a time that is not chosen yet" : `on ${fullDateTime(at.toISOString())}`;
  }
  const days =
    when.every === "day"
      ? "every day"
      : when.every === "week"
        ? `every ${WEEKDAYS.filter((day) => when.weekdays.includes(day))
            .map((day) => WEEKDAY_NAMES[day])
            .join(", ")}`
        : `on day ${when.dayOfMonth} of every month`;
  const from = when.from === "" ? "" : ` from ${when.from}`;
  const until = when.until === "" ? "" : ` until ${when.until}`;
  return `${days} at ${when.time} (${when.timezone.replaceAll("_", " ")})${from}${until}`;
}

interface Known {
  /** Null while it is counted, or where that failed. */
  reach: Reach | null;
  /** Why it could not be counted. */
  problem: string | null;
  now: number;
  closing: string | null;
  /** The workspace's own rules; null until they are known. */
  rules: Pick<SendingRules, "quietHours" | "cap"> | null;
}

/** What speaks for and against launching: red keeps it from being launched, amber should be known. */
export function policyLines(
  draft: CampaignDraft,
  { reach, problem, now, closing, rules }: Known,
): PolicyLine[] {
  const missing = Object.values(stepProblems(draft, now))
    .flat()
    .map((text): PolicyLine => ({ state: "failed", text }));
  const left = reach?.reasons.filter((reason) => reason.count > 0) ?? [];
  const lines: PolicyLine[] = [];
  if (problem !== null) {
    lines.push({ state: "unknown", text: `Who can be reached could not be counted: ${problem}` });
  } else if (reach === null) {
    lines.push({ state: "unknown", text: "Who can be reached is still being counted" });
  } else if (reach.count === 0 && draft.when.way === "now") {
    lines.push({ state: "failed", text: "Nobody can be reached now: choose other people or another kind" });
  } else if (reach.count === 0) {
    lines.push({ state: "warning", text: "Nobody could be reached now; it is counted again when it begins" });
  } else {
    lines.push({
      state: "ok",
      text: `${contactCount(reach.count)} may get this by Meta's rules and their consent`,
    });
  }
  for (const { title, count } of left) {
    lines.push({ state: "warning", text: `${title}: ${contactCount(count)} left out` });
  }
  if (closing !== null) lines.push({ state: "warning", text: closing });
  return [...missing, ...lines, ...kindLines(draft), ...careLines(draft, rules)];
}

function kindLines(draft: CampaignDraft): PolicyLine[] {
  if (draft.kind === "utility") {
    return [
      { state: "warning", text: "Meta restricts pages that send offers or news with utility templates" },
    ];
  }
  if (draft.kind === "window" && draft.when.way !== "now") {
    return [
      {
        state: "warning",
        text: "Only who is in the window at that time gets it: the number will be another one",
      },
    ];
  }
  return [];
}

function careLines({ options }: CampaignDraft, rules: Known["rules"]): PolicyLine[] {
  const lines: PolicyLine[] = rules === null ? [] : [quietLine(options, rules), capLine(options, rules)];
  if (options.canary === false) lines.push({ state: "warning", text: "It begins at full speed" });
  return lines;
}

type Rules = NonNullable<Known["rules"]>;

function quietLine({ ignoreQuietHours }: CampaignDraft["options"], { quietHours }: Rules): PolicyLine {
  if (quietHours === null)
    return { state: "unknown", text: "No quiet hours are set: it is sent at any time of the day" };
  const hours = `Quiet hours (${quietHours.from} to ${quietHours.until})`;
  return ignoreQuietHours
    ? { state: "warning", text: `${hours} are not respected` }
    : { state: "ok", text: `${hours} are respected where each person is` };
}

function capLine({ ignoreCap }: CampaignDraft["options"], { cap }: Rules): PolicyLine {
  if (cap === null)
    return {
      state: "unknown",
      text: "No frequency cap is set: people may get it soon after another campaign",
    };
  const most = `The frequency cap (${plural(cap.count, "message")} in ${plural(cap.hours, "hour")})`;
  return ignoreCap
    ? { state: "warning", text: `${most} is not respected` }
    : { state: "ok", text: `${most} is respected` };
}

/** Whether what was typed is this number, whatever stands between its digits. */
export function isTyped(text: string, count: number): boolean {
  return text.replaceAll(/\D/g, "") === String(count);
}
