/** A page as the control API shows it. */
export interface PageView {
  id: string;
  name: string;
  category: string;
  subscribedFields: string[] | null;
  isRestricted: boolean;
  tokenDeath: number | null;
  hasRouting: boolean;
  canTakeControl: boolean;
  defaultAppId: string | null;
}

/** The simulator's state as the page receives it. */
export interface Overview {
  pages: (PageView & { persons: number })[];
  persons: number;
  sent: number;
}

/** A person without their messages. */
export interface PersonView {
  psid: string;
  pageId: string;
  name: string;
  locale: string;
  isOnline: boolean;
  isLooking: boolean;
  hasBlocked: boolean;
  lastActionAt: number | null;
  windowEnd: number;
  typingUntil: number;
  seenUntil: number;
  deliveredUntil: number;
  readUntil: number;
  ownerAppId: string | null;
  isHeldByMetaAi?: boolean;
}

/** An object of a message, read with `get`, `list` and `text`. */
export interface Part {
  [key: string]: unknown;
}

/** One message of a thread. */
export interface MessageView {
  mid: string;
  from: "page" | "person";
  at: number;
  content: Part;
  appId?: string;
  tag?: string;
  messagingType?: string;
  personaId?: string;
  edits?: number;
  isDeleted?: boolean;
  reactions?: { person?: string; page?: string };
}

/** A thread with the person whose phone shows it. */
export interface ThreadView {
  person: PersonView;
  messages: MessageView[];
}

/** The page's Messenger profile: greeting, ice breakers, menu. */
export interface ProfileView {
  name: string;
  profile: Part;
  personas: { id: string; name: string }[];
}

/** A switch's numbers and flags as the control API shows them. */
export interface SwitchesView {
  latencyMs: number;
  humanAgent: boolean;
  requireProof: boolean;
  fetchMedia: boolean;
  templateReview: string;
  limits: { textPerSecond: number | null };
  webhooks: { isPaused: boolean; duplicates: number; disorderMs: number; batchSize: number };
}

/** How the queue of webhooks stands. */
export interface QueueView {
  queued: number;
  waiting: number;
  delivered: number;
  failed: number;
  dropped: number;
  lastFailure: string | null;
}

/** Shows an error on the page; main.ts sets its place. */
export const problems: { report: (message: string) => void } = { report: () => undefined };

/** Calls the control API; a refusal is shown on the page and thrown. */
export async function call<Answer = unknown>(method: string, path: string, body?: object): Promise<Answer> {
  const init: RequestInit = { method };
  if (body instanceof FormData) init.body = body;
  else if (body !== undefined) init.body = JSON.stringify(body);
  const answer = await fetch(`/_simulator/${path}`, init);
  const parsed = await answer.json();
  if (!answer.ok) {
    const message = String(parsed.error ?? "The simulator refused the call");
    problems.report(message);
    throw new Error(message);
  }
  return parsed;
}

/** Calls without waiting; a refusal is shown by `call`. */
export function run(method: string, path: string, body?: object): void {
  call(method, path, body).catch(() => undefined);
}

/** The object under a key, or an empty one. */
export function get(part: Part | undefined, key: string): Part {
  const value = part?.[key];
  return isPart(value) ? value : {};
}

/** The objects of a list under a key. */
export function list(part: Part | undefined, key: string): Part[] {
  const value = part?.[key];
  return Array.isArray(value) ? value.filter(isPart) : [];
}

/** The text under a key, or an empty one. */
export function text(part: Part | undefined, key: string): string {
  const value = part?.[key];
  return typeof value === "string" || typeof value === "number" ? String(value) : "";
}

function isPart(value: unknown): value is Part {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
