import { type AppRules, changeAppRule, defaultAppRules } from "./app_rules.ts";
import { asFlag, asNumber, asRecord, asText, type JsonRecord } from "./json.ts";

/** Meta's limits as numbers; null lifts one. */
export interface LimitRules {
  /** Send API calls per page in a rolling second: text, templates, reactions, stickers. */
  textPerSecond: number | null;
  /** Send API calls per page in a rolling second: audio and video. */
  mediaPerSecond: number | null;
  /** Conversations API calls per page in a rolling second. */
  conversationsPerSecond: number | null;
  /** Conversations with their messages in one call; Meta refuses more, and says no number. Lifted unless switched on. */
  conversationsPerCall: number | null;
  privateRepliesPerHour: number | null;
  profileCallsPerTenMinutes: number | null;
  /** Meta allows 200 calls per engaged person in 24 h. Lifted here unless switched on. */
  callsPerEngagedPerson: number | null;
}

/** How webhooks travel. */
export interface WebhookRules {
  isPaused: boolean;
  /** Share of deliveries that come a second time, 0 to 1. */
  duplicates: number;
  /** Each event waits a random time up to this. */
  disorderMs: number;
  /** Most entries in one POST. */
  batchSize: number;
  /** POSTs in flight at a time. */
  concurrency: number;
}

/** The simulated Meta's behaviour that a test or the switch panel may change. */
export interface Switches {
  /** Simulated time that Graph calls take. */
  latencyMs: number;
  /** The app has the Human Agent feature. */
  humanAgent: boolean;
  /** "Require App Secret": calls without appsecret_proof fail. */
  requireProof: boolean;
  /** The app uses Facebook Login for Business: `scope` fails, `config_id` is needed. */
  loginForBusiness: boolean;
  /** Media sent by URL is fetched, as Meta does; off, every URL is accepted unseen. */
  fetchMedia: boolean;
  /** Moderation of conversations answers "false" with HTTP 200 and does nothing. */
  refuseModeration: boolean;
  /** The result of the review of a new utility template. */
  templateReview: "APPROVED" | "PENDING" | "REJECTED";
  /** Lifetime of attachment and picture URLs. */
  cdnSeconds: number;
  /** Time from acceptance to the delivery receipt of an online phone. */
  deliveryMs: number;
  /** Time from delivery to the read receipt of a phone that shows the thread. */
  readMs: number;
  /** Forces the usage headers: percent, and minutes to wait, of the page or of the whole app (which states no minutes). */
  usage: { percent: number; minutes: number; isOfApp: boolean } | null;
  limits: LimitRules;
  webhooks: WebhookRules;
  app: AppRules;
}

/** The switches as they stand after a start. */
export function defaultSwitches(): Switches {
  return {
    latencyMs: 0,
    humanAgent: false,
    requireProof: false,
    loginForBusiness: false,
    fetchMedia: true,
    refuseModeration: false,
    templateReview: "APPROVED",
    cdnSeconds: 14 * 24 * 3600,
    deliveryMs: 120,
    readMs: 400,
    usage: null,
    limits: {
      textPerSecond: 300,
      mediaPerSecond: 10,
      conversationsPerSecond: 2,
      conversationsPerCall: null,
      privateRepliesPerHour: 750,
      profileCallsPerTenMinutes: 10,
      callsPerEngagedPerson: null,
    },
    webhooks: { isPaused: false, duplicates: 0, disorderMs: 0, batchSize: 1, concurrency: 64 },
    app: defaultAppRules(),
  };
}

/** Applies the known keys of `changes` and returns the names it did not know or could not use. */
export function changeSwitches(switches: Switches, changes: JsonRecord): string[] {
  const refused: string[] = [];
  for (const [name, value] of Object.entries(changes)) {
    if (!changeSwitch(switches, name, value)) refused.push(name);
  }
  const limits = asRecord(changes.limits) ?? {};
  for (const [name, value] of Object.entries(limits)) {
    if (!changeNumber(switches.limits, name, value)) refused.push(`limits.${name}`);
  }
  const webhooks = asRecord(changes.webhooks) ?? {};
  for (const [name, value] of Object.entries(webhooks)) {
    if (!changeWebhookRule(switches.webhooks, name, value)) refused.push(`webhooks.${name}`);
  }
  for (const [name, value] of Object.entries(asRecord(changes.app) ?? {})) {
    if (!changeAppRule(switches.app, name, value)) refused.push(`app.${name}`);
  }
  return refused;
}

function changeSwitch(switches: Switches, name: string, value: unknown): boolean {
  switch (name) {
    case "limits":
    case "webhooks":
    case "app":
      return asRecord(value) !== undefined;
    case "humanAgent":
    case "requireProof":
    case "loginForBusiness":
    case "fetchMedia":
    case "refuseModeration": {
      const flag = asFlag(value);
      if (flag !== undefined) switches[name] = flag;
      return flag !== undefined;
    }
    case "latencyMs":
    case "cdnSeconds":
    case "deliveryMs":
    case "readMs": {
      const number = asNumber(value);
      if (number === undefined || number < 0) return false;
      switches[name] = number;
      return true;
    }
    case "templateReview": {
      const review = asText(value);
      if (review !== "APPROVED" && review !== "PENDING" && review !== "REJECTED") return false;
      switches.templateReview = review;
      return true;
    }
    case "usage": {
      const usage = asRecord(value);
      const percent = asNumber(usage?.percent);
      const minutes = asNumber(usage?.minutes) ?? 0;
      const isOfApp = asFlag(usage?.isOfApp) ?? false;
      switches.usage = percent === undefined ? null : { percent, minutes, isOfApp };
      return value === null || percent !== undefined;
    }
    default:
      return false;
  }
}

function changeNumber(limits: LimitRules, name: string, value: unknown): boolean {
  const number = value === null ? null : asNumber(value);
  if (number === undefined || (number !== null && number < 0)) return false;
  switch (name) {
    case "textPerSecond":
    case "mediaPerSecond":
    case "conversationsPerSecond":
    case "conversationsPerCall":
    case "privateRepliesPerHour":
    case "profileCallsPerTenMinutes":
    case "callsPerEngagedPerson":
      limits[name] = number;
      return true;
    default:
      return false;
  }
}

function changeWebhookRule(rules: WebhookRules, name: string, value: unknown): boolean {
  if (name === "isPaused") {
    const flag = asFlag(value);
    if (flag !== undefined) rules.isPaused = flag;
    return flag !== undefined;
  }
  const number = asNumber(value);
  if (number === undefined || number < 0) return false;
  switch (name) {
    case "duplicates":
    case "disorderMs":
      rules[name] = number;
      return true;
    case "batchSize":
    case "concurrency":
      rules[name] = Math.max(1, Math.floor(number));
      return true;
    default:
      return false;
  }
}
