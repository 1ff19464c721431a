import type { Attempt } from "../delivery/mod.ts";

/** Meta's events in our terms: validated, bounded, times in milliseconds, texts that Postgres can store. */
export type InboundEvent =
  | InboundMessage
  | InboundReceipt
  | InboundReaction
  | InboundEdit
  | InboundUnsend
  | InboundNotice
  | InboundComment;

interface OnPage {
  /** Facebook's id of the page. */
  pageFacebookId: string;
  /** Meta's time in ms. */
  at: number;
  /** The trace id of the request, passed on to its consequences. */
  traceId?: string | undefined;
}

interface InConversation extends OnPage {
  /** The person, page-scoped. */
  psid: string;
}

export interface InboundAttachment {
  type: string;
  title: string | null;
  sourceUrl: string | null;
  /** JSON text. */
  payload: string | null;
  /** True for media whose URL expires: a job copies the file to our own storage. */
  isFile: boolean;
}

/** A message or tap of the person (`in`), or an echo of a page's message from any app (`out`). */
export interface InboundMessage extends InConversation {
  type: "message";
  direction: "in" | "out";
  kind: "message" | "postback" | "template";
  /** Meta's id, or a key made from the content. */
  mid: string;
  text: string | null;
  /** JSON text for everything except `text`. */
  content: string | null;
  replyToMid: string | null;
  attachments: InboundAttachment[];
  /** Echo: the app that sent it. */
  appId: string | null;
  /** Echo: the attempt that the sender named in `message.metadata`. */
  attempt: Attempt | null;
  /** Came by `standby`: another app has control. */
  isStandby: boolean;
}

/** Watermarks: everything that the page sent up to them was delivered, or read. */
export interface InboundReceipt extends InConversation {
  type: "receipt";
  deliveredUntil: number | null;
  readUntil: number | null;
  /** Messages named by the receipt; they count even when the watermark lies before their time. */
  mids: string[];
}

export interface InboundReaction extends InConversation {
  type: "reaction";
  mid: string;
  actor: "contact" | "page";
  /** Null: removed. */
  emoji: string | null;
  reaction: string | null;
}

export interface InboundEdit extends InConversation {
  type: "edit";
  mid: string;
  text: string | null;
  editNum: number;
}

export interface InboundUnsend extends InConversation {
  type: "unsend";
  mid: string;
}

export interface ConsentChange {
  subscribed: boolean;
  reason: string;
  /** Keys of the topic of marketing messages that this is about; none: all messages. */
  topics?: readonly string[];
}

export interface ContactSource {
  source: "ad" | "link" | "comment" | "organic";
  /** JSON text of the referral. */
  detail: string;
  /** A click on an ad: the person's first message after it may hold the window open for seven days. */
  isAd: boolean;
}

/** Other events of a timeline, or of a page if `psid` is null. */
export interface InboundNotice extends OnPage {
  type: "notice";
  psid: string | null;
  /** Meta's word for it: referral, optin, pass_thread_control, policy_enforcement, … */
  kind: string;
  /** Made from the content; ends duplicates. */
  key: string;
  /** JSON text. */
  data: string;
  /** An action of the person that opens the messaging window. */
  opensWindow: boolean;
  consent: ConsentChange | null;
  source: ContactSource | null;
  /** A handover: the app with control from now on; null: no app. */
  owner: { appId: string | null } | null;
  /** Meta's notice about the page itself. */
  pageNews: PageNews | null;
}

/** Each part says nothing when it is absent. */
export interface PageNews {
  /**
   * A reason keeps the page from sending, null lets it send again. `until`: milliseconds, Infinity until Meta lifts
   * it, null where Meta does not say.
   */
  restriction?: { reason: string | null; until: number | null };
  /** JSON text of a list of PageLimit: everything that Meta keeps the page from. */
  limits?: string;
  /** Why Meta warned the page. It may still send, but campaigns pause. */
  warning?: string;
}

/** A comment on one of the page's posts, made, changed or removed. */
export interface InboundComment extends OnPage {
  type: "comment";
  commentId: string;
  postId: string | null;
  parentId: string | null;
  fromId: string | null;
  fromName: string | null;
  text: string | null;
  verb: "add" | "edited" | "remove" | "hide" | "unhide";
  createdAt: number;
}
