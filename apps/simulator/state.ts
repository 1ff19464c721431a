import type { JsonRecord } from "./json.ts";

/** The Meta app that the server under test is registered as. */
export interface App {
  id: string;
  name: string;
  secret: string;
  verifyToken: string;
  /** Where webhooks go; `POST /{app}/subscriptions` changes it after a handshake. */
  callbackUrl: string;
  /** Fields subscribed at the app's level. */
  fields: string[];
  /** "Valid OAuth redirect URIs"; an empty list accepts any. */
  redirectUris: string[];
}

/** A Facebook user's grants to the app in the OAuth dialog. */
export interface Grant {
  scopes: string[];
  pageIds: string[];
  grantedAt: number;
}

/** A person with a Facebook account who manages pages. */
export interface FacebookUser {
  id: string;
  name: string;
  /** Grows when the password changes, which kills every token made before. */
  generation: number;
  grant: Grant | null;
  /** A system user of the business, which Facebook Login for Business may name instead of the person. */
  isSystem?: boolean;
}

/** A utility template of a page. */
export interface UtilityTemplate {
  id: string;
  name: string;
  language: string;
  status: "APPROVED" | "PENDING" | "REJECTED";
  rejectedReason: string;
  parameterFormat: "NAMED" | "POSITIONAL";
  components: JsonRecord[];
}

/** A Facebook page. */
/** A restriction of a page. Times are seconds since 1970; without an end it lasts until Meta lifts it. */
export interface PageRestriction {
  feature: string;
  appliedAt: number;
  expiresAt: number | null;
}

export interface Page {
  id: string;
  name: string;
  category: string;
  about: string;
  followers: number;
  /** Facebook users with a role on the page. */
  roleIds: string[];
  /** Tasks of these roles, in Meta's spelling; absent: all. Without a useful task there is no page token. */
  tasks?: string[];
  /** Owned by a business portfolio: missing from `/me/accounts` without business_management. */
  isBusinessOwned: boolean;
  /** Fields of `subscribed_apps`, or null while the app isn't subscribed. */
  subscribedFields: string[] | null;
  profile: JsonRecord;
  templates: UtilityTemplate[];
  personas: { id: string; name: string; pictureUrl: string }[];
  labels: { id: string; name: string; psids: string[] }[];
  /** Restricted from sending without an end: error 10/1893063. */
  isRestricted: boolean;
  standing: "ok" | "warning" | "restricted" | "suspended";
  restrictions: PageRestriction[];
  /** A subcode of error 190 which every call with the page's token answers, or 0 for 190 without one. */
  tokenDeath: number | null;
  /** Conversation routing is on: a default app is chosen in the page's settings. */
  hasRouting: boolean;
  /** The default app while routing is in force; null is our app. */
  defaultAppId: string | null;
  /** The page's switch that lets our app take threads. */
  canTakeControl: boolean;
  /** When webhooks to the app began to fail without a success between, in ms since 1970. */
  failingSince: number | null;
}

/** One message of a thread, in either direction. */
export interface Message {
  mid: string;
  pageId: string;
  psid: string;
  from: "page" | "person";
  /** Milliseconds since 1970: when Meta accepted it. */
  at: number;
  /** `message` as it was sent, or as the webhook carries it for a person's message. */
  content: JsonRecord;
  /** The sending app; Meta's inbox app for messages from Business Suite. */
  appId?: string;
  metadata?: string;
  messagingType?: string;
  tag?: string;
  personaId?: string;
  edits?: number;
  isDeleted?: boolean;
  reactions?: { person?: string; page?: string };
}

/** A person in the User Profile API. */
export type ProfileKind = "full" | "name_only" | "none" | "no_permission";

/** A person who writes to one page, with their phone and their thread. */
export interface Person {
  psid: string;
  pageId: string;
  firstName: string;
  lastName: string;
  profile: ProfileKind;
  /** Profile calls before this time find nothing, in ms since 1970. */
  profileFrom: number;
  locale: string;
  timezone: number;
  /** The phone has a network: deliveries arrive. */
  isOnline: boolean;
  /** The phone shows the thread: deliveries are read. */
  isLooking: boolean;
  hasBlocked: boolean;
  /** The page blocked the person: their messages are not delivered. */
  isBlockedByPage: boolean;
  /** The thread is in the spam folder of the page's inbox. */
  isInSpam?: boolean;
  /** The last action that opened the 24 h window, in ms since 1970; null when there was none. */
  lastActionAt: number | null;
  /** First message after a click-to-Messenger ad: the window is 7 days from here. */
  adMessageAt: number | null;
  conversationId: string;
  /** Oldest first; the newest few hundred only. */
  messages: Message[];
  deliveredUntil: number;
  readUntil: number;
  /** The page's app shows that it types, until this time. */
  typingUntil: number;
  /** `mark_seen` by the page. */
  seenUntil: number;
  /** The app that was given the thread, or null; `ownerOf` checks if it still owns it. */
  ownerAppId: string | null;
  /** When the thread falls idle, in ms since 1970. */
  ownedUntil?: number;
  /** Meta's AI answers the person: there is no event about it, and messages of the page fail. */
  isHeldByMetaAi?: boolean;
  isLinked: boolean;
}

/** A file on the simulated CDN. The bytes live in memory, and beside the state file when there is one. */
export interface Attachment {
  id: string;
  /** The page that uploaded it, or null for a person's file. */
  pageId: string | null;
  type: string;
  name: string;
  mime: string;
  at: number;
  bytes: Uint8Array;
}

/** A comment on a page's post. */
export interface Comment {
  id: string;
  pageId: string;
  postId: string;
  psid: string;
  text: string;
  at: number;
  isDeleted: boolean;
  wasAnswered: boolean;
  /** Meta names no author: the app lacks pages_read_user_content, or has Standard Access only. */
  isAnonymous?: boolean;
  /** The album of a photo post: Meta names it in `parent_id` in place of the page. */
  albumId?: string;
}

/** A single-use OAuth code that waits for its exchange. */
export interface OauthCode {
  code: string;
  userId: string;
  redirectUri: string;
  expiresAt: number;
}

/** Everything that the simulated Meta knows. */
export interface State {
  app: App;
  users: Map<string, FacebookUser>;
  pages: Map<string, Page>;
  persons: Map<string, Person>;
  /** Conversation id → PSID. */
  conversations: Map<string, string>;
  /** Every message that a thread still holds. */
  messages: Map<string, Message>;
  attachments: Map<string, Attachment>;
  comments: Map<string, Comment>;
  codes: Map<string, OauthCode>;
  /** `user_ref` of a checkbox opt-in → PSID. */
  userRefs: Map<string, string>;
  /** Every accepted Send API message of this run, in the order of acceptance. */
  ledger: Message[];
  /** Grows with every object that gets a numeric id. */
  serial: number;
}

/** How many messages a thread keeps; Meta itself details only the newest 20. */
export const threadDepth = 200;
