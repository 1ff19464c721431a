import { m } from "#lib/paraglide/messages.js";
import { formatLocale, language } from "#lib/ui/language.ts";
import { fullDateTime, wholeNumber } from "../../ui/format.ts";
import type { CheckState } from "../../api/types.ts";
import type { SendingRules } from "../../api/consent.ts";
import type { Reach } from "../../api/campaigns.ts";
import { durationWords } from "../duration.ts";
import { instantOf } from "../../ui/wall_time.ts";
import { type CampaignDraft, mayChooseHour, stepProblems } from "./draft.ts";
import { WEEKDAY_NAMES } from "./weekday_names.ts";
import { WEEKDAYS } from "./when_draft.ts";

/** From so many people on, the number is typed before a launch. */
export const TYPED_FROM = 1000;

export interface PolicyLine {
  state: CheckState;
  text: string;
}

const day = new Intl.DateTimeFormat(formatLocale, { dateStyle: "medium", timeZone: "UTC" });

/** The effects of the launch, in a few sentences. */
export function reviewSentence(
  draft: CampaignDraft,
  { reach, seconds, audience }: { reach: Reach | null; seconds: number | null; audience: string },
): string {
  const sentences: string[] = [
    m.campaigns_review_audience({ audience }),
    m.campaigns_review_start({ when: whenWords(draft) }),
  ];
  if (reach !== null) {
    sentences.unshift(sendWords(draft, reach.count));
    if (reach.count > 0 && seconds !== null && hourWords(draft) === null)
      sentences.push(m.campaigns_review_duration({ duration: durationWords(seconds) }));
  }
  return sentences.join(" ");
}

function sendWords({ kind, variants }: CampaignDraft, count: number): string {
  const contacts = { count, shown: wholeNumber(count) };
  if (variants.length > 1) return m.campaigns_review_variants({ ...contacts, variants: variants.length });
  switch (kind) {
    case "window":
      return m.campaigns_review_message(contacts);
    case "utility":
      return m.campaigns_review_utility(contacts);
    case "private_reply":
      return m.campaigns_review_private_reply(contacts);
  }
}

/** Its start, as a title of its own; `launch`: the words for at once. */
export function whenWords(
  draft: Pick<CampaignDraft, "when" | "kind" | "options">,
  launch: string = m.campaigns_when_launched(),
): string {
  const { way, from, until } = draft.when;
  const isRecurring = way === "recurring";
  return [
    startWords(draft, launch),
    isRecurring && from !== "" ? m.campaigns_when_from({ date: dayWords(from) }) : null,
    isRecurring && until !== "" ? m.campaigns_when_until({ date: dayWords(until) }) : null,
    hourWords(draft),
  ]
    .filter((part) => part !== null)
    .join(" · ");
}

function hourWords(draft: Pick<CampaignDraft, "when" | "kind" | "options">): string | null {
  const { optimalHour } = draft.options;
  if (!optimalHour || !mayChooseHour(draft)) return null;
  return m.campaigns_when_best({ count: optimalHour.withinHours });
}

function startWords({ when }: Pick<CampaignDraft, "when">, launch: string): string {
  if (when.way === "now") return launch;
  const { time } = when;
  if (when.way === "at") {
    const at = instantOf(when.date, time, when.timezone);
    if (at === null) return m.campaigns_when_open();
    return when.inContactZone
      ? m.campaigns_when_contact_zone({ date: dayWords(when.date), time })
      : fullDateTime(at.toISOString());
  }
  const zone = when.timezone.replaceAll("_", " ");
  if (when.every === "day") return m.campaigns_every_day({ time, zone });
  if (when.every === "month") return m.campaigns_every_month({ day: when.dayOfMonth, time, zone });
  const days = WEEKDAYS.filter((one) => when.weekdays.includes(one)).map((one) => WEEKDAY_NAMES[one]);
  return m.campaigns_every_week({ days: new Intl.ListFormat(language).format(days), time, zone });
}

function dayWords(date: string): string {
  const at = Date.parse(date);
  return Number.isNaN(at) ? date : day.format(at);
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

/** Checks before the launch: red prevents it, amber is a warning. */
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
    lines.push({ state: "unknown", text: m.campaigns_check_count_failed({ problem }) });
  } else if (reach === null) {
    lines.push({ state: "unknown", text: m.campaigns_check_counting() });
  } else if (reach.count === 0 && draft.when.way === "now") {
    lines.push({ state: "failed", text: m.campaigns_check_nobody() });
  } else if (reach.count === 0) {
    lines.push({ state: "warning", text: m.campaigns_check_nobody_yet() });
  } else {
    lines.push({
      state: "ok",
      text: m.campaigns_check_allowed({ count: reach.count, shown: wholeNumber(reach.count) }),
    });
  }
  for (const { title, count } of left) {
    lines.push({
      state: "warning",
      text: m.campaigns_check_skipped({ reason: title, count, shown: wholeNumber(count) }),
    });
  }
  if (closing !== null) lines.push({ state: "warning", text: closing });
  return [...missing, ...lines, ...kindLines(draft), ...careLines(draft, rules)];
}

function kindLines(draft: CampaignDraft): PolicyLine[] {
  if (draft.kind === "utility") {
    return [{ state: "warning", text: m.campaigns_check_utility() }];
  }
  if (draft.kind === "window" && draft.when.way !== "now") {
    return [
      {
        state: "warning",
        text: m.campaigns_check_window_later(),
      },
    ];
  }
  return [];
}

function careLines({ options }: CampaignDraft, rules: Known["rules"]): PolicyLine[] {
  const lines: PolicyLine[] = rules === null ? [] : [quietLine(options, rules), capLine(options, rules)];
  if (options.canary === false) lines.push({ state: "warning", text: m.campaigns_check_full_speed() });
  return lines;
}

type Rules = NonNullable<Known["rules"]>;

function quietLine({ ignoreQuietHours }: CampaignDraft["options"], { quietHours }: Rules): PolicyLine {
  if (quietHours === null) return { state: "unknown", text: m.campaigns_check_no_quiet() };
  return ignoreQuietHours
    ? { state: "warning", text: m.campaigns_check_quiet_ignored(quietHours) }
    : { state: "ok", text: m.campaigns_check_quiet(quietHours) };
}

function capLine({ ignoreCap }: CampaignDraft["options"], { cap }: Rules): PolicyLine {
  if (cap === null)
    return {
      state: "unknown",
      text: m.campaigns_check_no_cap(),
    };
  const most = {
    messages: m.campaigns_messages({ count: cap.count, shown: wholeNumber(cap.count) }),
    hours: m.campaigns_hours({ count: cap.hours }),
  };
  return ignoreCap
    ? { state: "warning", text: m.campaigns_check_cap_ignored(most) }
    : { state: "ok", text: m.campaigns_check_cap(most) };
}

/** Whether the typed text is this number, with any separators between its digits. */
export function isTyped(text: string, count: number): boolean {
  return text.replaceAll(/\D/g, "") === String(count);
}
