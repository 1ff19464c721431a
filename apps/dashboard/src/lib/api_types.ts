/** Shapes that the server's API answers with. Times are ISO strings. */

export interface User {
  id: string;
  email: string;
  name: string;
  isOwner: boolean;
  createdAt: string;
}

export type Role = "owner" | "manager" | "operator" | "viewer";

export interface Workspace {
  id: string;
  name: string;
  accent: string;
  role: Role;
  permissions: string[];
  createdAt: string;
}

export interface Member {
  id: string;
  name: string;
  email: string;
  role: Role;
}

export interface List<T> {
  items: T[];
  nextCursor: string | null;
}

export type CheckState = "ok" | "warning" | "failed" | "unknown";

export interface Check {
  state: CheckState;
  text: string;
}

export interface FieldsCheck extends Check {
  missing: string[];
}

export type PageStatus = "connected" | "token_dead" | "restricted" | "disconnected";

export interface PageHealth {
  token: Check;
  scopes: FieldsCheck;
  subscription: FieldsCheck;
  lastEventAt: string | null;
  lastSendAt: string | null;
  checkedAt: string | null;
  humanAgent: "unknown" | "available" | "unavailable";
  limits: { ratePerSecond: number; heldReason: string | null; waiting: number };
  restriction: string | null;
}

export interface Page {
  id: string;
  pageId: string;
  name: string;
  pictureUrl: string | null;
  followers: number | null;
  status: PageStatus;
  statusReason: string | null;
  connectedAt: string;
  health: PageHealth;
}

export interface LoginPage {
  pageId: string;
  name: string;
  pictureUrl: string | null;
  canMessage: boolean;
  problem: string | null;
  connected: boolean;
}

export interface PageLogin {
  loginId: string;
  pages: LoginPage[];
  missingScopes: string[];
}

export interface ConnectedPage {
  pageId: string;
  page: Page | null;
  problem: string | null;
}

export interface DoctorCheck {
  key: string;
  state: CheckState;
  text: string;
  remedy: string | null;
}

/** "human" means that a person may still answer, though automation may not. */
export interface WindowState {
  state: "open" | "human" | "closed";
  until: string | null;
  reason: string;
}

export interface PageRef {
  id: string;
  name: string;
  pictureUrl: string | null;
}

export interface PersonRef {
  id: string;
  name: string;
}

export interface Contact {
  id: string;
  page: PageRef;
  psid: string;
  name: string;
  firstName: string | null;
  lastName: string | null;
  pictureUrl: string | null;
  locale: string | null;
  source: string;
  subscribed: boolean;
  subscriptionReason: string | null;
  subscriptionAt: string | null;
  unreachableReason: string | null;
  blocked: boolean;
  window: WindowState;
  lastInboundAt: string | null;
  conversationId: string | null;
  createdAt: string;
}

export type ConversationStatus = "open" | "pending" | "snoozed" | "resolved";

export interface CanReply {
  allowed: boolean;
  reason: string | null;
  remedy: string | null;
  route: string | null;
}

export interface Conversation {
  id: string;
  contact: { id: string; name: string; pictureUrl: string | null };
  page: PageRef;
  status: ConversationStatus;
  snoozedUntil: string | null;
  assignee: PersonRef | null;
  unreadCount: number;
  preview: { text: string; direction: "in" | "out" };
  lastMessageAt: string;
  window: WindowState;
  controlledByApp: string | null;
  canReply: CanReply;
  createdAt: string;
}

export interface ConversationCounts {
  mine: number;
  unassigned: number;
  all: number;
  unread: number;
}

export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };
export type JsonObject = { [key: string]: Json };

export interface Attachment {
  id: string;
  type: string;
  title: string | null;
  url: string | null;
  fileState: "none" | "wanted" | "stored" | "failed";
  fileName: string | null;
  mimeType: string | null;
  bytes: number | null;
  payload: JsonObject | null;
}

export type MessageStatus =
  "received" | "queued" | "sending" | "sent" | "delivered" | "read" | "failed" | "unknown";

export interface Author {
  kind: "contact" | "user" | "automation" | "external";
  id: string | null;
  name: string;
}

export interface Message {
  id: string;
  conversationId: string;
  direction: "in" | "out";
  kind: "message" | "postback" | "template";
  author: Author;
  text: string | null;
  content: JsonObject | null;
  attachments: Attachment[];
  status: MessageStatus;
  mid: string | null;
  error: { code: string; title: string; remedy: string } | null;
  replyToMid: string | null;
  reactions: { actor: "contact" | "page"; emoji: string }[];
  editedAt: string | null;
  deletedAt: string | null;
  /** When it happened at Meta, or when it was written here while it has not been sent. */
  sentAt: string;
  createdAt: string;
}

export interface Note {
  id: string;
  author: PersonRef;
  text: string;
  createdAt: string;
}

export interface ThreadEvent {
  id: string;
  kind: string;
  actor: PersonRef | null;
  data: JsonObject;
  text: string;
  at: string;
}

export type ThreadItem =
  | { type: "message"; at: string; message: Message }
  | { type: "note"; at: string; note: Note }
  | { type: "event"; at: string; event: ThreadEvent };

export type OnboardingKey = "simulator" | "connect_page" | "doctor" | "receive_message" | "reply";

export interface Onboarding {
  steps: { key: OnboardingKey; done: boolean }[];
  simulatorUrl: string | null;
}

export interface ConversationChange {
  status?: ConversationStatus;
  assigneeId?: string | null;
  snoozedUntil?: string | null;
}

export interface ConversationQuery {
  status?: ConversationStatus | "all" | undefined;
  assignee?: string | undefined;
  search?: string | undefined;
  pageId?: string | undefined;
  unread?: "true" | undefined;
  limit?: number | undefined;
  cursor?: string | undefined;
}

export interface PartHealth {
  state: "ok" | "failed";
  latencyMs: number;
  text: string;
}

/** What one page's queue of messages is doing. */
export interface Lane {
  pageId: string;
  class: string;
  waiting: number;
  unknown: number;
  heldReason: string | null;
  nextEligibleAt: string | null;
}

/** The owner's view of the installation; without Redis its part is null. */
export interface SystemHealth {
  database: PartHealth;
  redis: PartHealth | null;
  jobs: { pending: number; failed: number; oldestDueSeconds: number };
  webhooks: { failed: number; unrouted: number; lastReceivedAt: string | null };
  lanes: Lane[];
  version: string;
}

export interface FailedJob {
  id: string;
  kind: string;
  key: string;
  error: string | null;
  attempts: number;
  failedAt: string | null;
  createdAt: string;
}

export interface WebhookEvent {
  id: string;
  receivedAt: string;
  pageId: string;
  kind: string;
  state: "stored" | "kept" | "unrouted" | "failed";
  error: string | null;
  /** As it came: JSON, as long as it was JSON. */
  body: string;
  replayedAt: string | null;
}
