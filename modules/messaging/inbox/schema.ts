import { type Static, Type } from "@sinclair/typebox";
import { conversations } from "#db/messaging";
import { IsoTime, listOf, named, Nullable, oneOf, pageQuery, Uuid, SentenceCode, Words } from "#std";
import { FaceSchema, WindowStateSchema } from "../contacts/mod.ts";
import { ContentSchema } from "../templates/mod.ts";

export const statuses = conversations.status.enumValues;
export type ConversationStatus = (typeof statuses)[number];
/** The meaning of "all": spam appears only on request. */
export const wantedStatuses = statuses.filter((status) => status !== "spam");

const MemberSchema = named("Person", { id: Uuid, name: Type.String() });
const AnyObject = Type.Record(Type.String(), Type.Unknown());

const ControlAction = oneOf(["take", "request", "release"]);

const MarkedText = Type.Array(
  Type.Object({
    text: Type.String(),
    isMatch: Type.Boolean({ description: "The beginning of a word that the search asks for" }),
  }),
  { description: "A text in parts, in order" },
);

const SearchMatchSchema = named("SearchMatch", {
  name: { ...MarkedText, description: "The contact's name in parts" },
  message: Nullable(
    Type.Object({
      id: Uuid,
      direction: oneOf(["in", "out"]),
      excerpt: { ...MarkedText, description: "One line around the first match, at most 142 characters" },
      sentAt: IsoTime,
    }),
  ),
});
export type SearchMatch = Static<typeof SearchMatchSchema>;

const ConversationSchema = named("Conversation", {
  id: Uuid,
  contact: FaceSchema,
  page: FaceSchema,
  status: oneOf(statuses),
  snoozedUntil: Nullable(IsoTime),
  assignee: Nullable(MemberSchema),
  /** Labels: the tags of its contact. */
  tagIds: Type.Array(Uuid),
  unreadCount: Type.Integer(),
  preview: Type.Object({
    text: Type.String(),
    direction: oneOf(["in", "out", "note"]),
    /** The last message is a failed reply: the timeline has the reason, and it can be resent. */
    isFailed: Type.Boolean(),
  }),
  lastMessageAt: IsoTime,
  /** Only in a search. The newest message that has all words; null when only the name has them. */
  match: Type.Optional(SearchMatchSchema),
  window: WindowStateSchema,
  control: Type.Object(
    {
      state: {
        ...oneOf(conversations.control.enumValues),
        description:
          "requested: another app has control and was asked for it; idle: no app has control; unknown: Meta told nothing",
      },
      app: Nullable(Type.String({ description: "The other app's name; null: Meta did not name it" })),
      actions: Type.Array(ControlAction, { description: "Actions that Meta may allow now" }),
    },
    { description: "The app with thread control, as far as Meta tells" },
  ),
  canReply: Type.Object({
    allowed: Type.Boolean(),
    reason: Nullable(Type.String()),
    reasonCode: Type.Optional(Nullable(SentenceCode)),
    remedy: Nullable(Type.String()),
    remedyCode: Type.Optional(Nullable(SentenceCode)),
    route: Nullable(Type.String()),
    /** Whether a utility template that Meta approved for the page may go to them, also after the window. */
    utility: Type.Boolean(),
  }),
  createdAt: IsoTime,
});
export type Conversation = Static<typeof ConversationSchema>;
export const ConversationResponse = Type.Object({ conversation: ConversationSchema });
export const ConversationList = listOf(ConversationSchema);

/** How many come without a limit: two screens of them, of half a kilobyte each. */
export const usualConversations = 30;

export const ConversationsQuery = Type.Composite([
  pageQuery(usualConversations),
  Type.Object({
    status: Type.Optional(oneOf([...statuses, "all"])),
    assignee: Type.Optional(Type.Union([Type.Literal("me"), Type.Literal("none"), Uuid])),
    search: Type.Optional(Type.String({ maxLength: 200 })),
    pageId: Type.Optional(Uuid),
    tagId: Type.Optional(Uuid),
    unread: Type.Optional(Type.Literal("true")),
    sort: Type.Optional(oneOf(["newest", "oldest"])),
  }),
]);
export type ConversationsQuery = Static<typeof ConversationsQuery>;

export const MatchesQuery = Type.Object({
  search: Type.String({ minLength: 1, maxLength: 200 }),
  status: Type.Optional(oneOf([...statuses, "all"])),
  assignee: Type.Optional(Type.Union([Type.Literal("me"), Type.Literal("none"), Uuid])),
  pageId: Type.Optional(Uuid),
  tagId: Type.Optional(Uuid),
  unread: Type.Optional(Type.Literal("true")),
});
export type MatchesQuery = Static<typeof MatchesQuery>;

export const MatchCounts = Type.Object({
  items: Type.Array(
    named("MatchCount", {
      status: oneOf(wantedStatuses),
      count: Type.Integer({ minimum: 0 }),
      isMore: Type.Boolean({
        description: "Only the newest conversations were searched, or counting stopped",
      }),
    }),
  ),
});
export type MatchCount = Static<typeof MatchCounts>["items"][number];

export const CountsQuery = Type.Object({ status: Type.Optional(oneOf([...statuses, "all"])) });
export const CountsResponse = Type.Object({
  mine: Type.Integer(),
  unassigned: Type.Integer(),
  all: Type.Integer(),
  unread: Type.Integer(),
});
export type Counts = Static<typeof CountsResponse>;

export const ConversationChange = Type.Object(
  {
    status: Type.Optional(oneOf(statuses)),
    assigneeId: Type.Optional(Nullable(Uuid)),
    snoozedUntil: Type.Optional(Nullable(IsoTime)),
  },
  { additionalProperties: false, minProperties: 1 },
);
export type ConversationChange = Static<typeof ConversationChange>;
export const ConversationChanges = Type.Object(
  { ids: Type.Array(Uuid, { minItems: 1, maxItems: 200, uniqueItems: true }), change: ConversationChange },
  { additionalProperties: false },
);
export const ChangedConversations = Type.Object({ items: Type.Array(ConversationSchema) });

const AttachmentSchema = named("Attachment", {
  id: Uuid,
  type: Type.String(),
  title: Nullable(Type.String()),
  url: Nullable(Type.String()),
  fileState: oneOf(["none", "wanted", "stored", "failed"]),
  fileName: Nullable(Type.String()),
  mimeType: Nullable(Type.String()),
  bytes: Nullable(Type.Integer()),
  payload: Nullable(AnyObject),
});
export type Attachment = Static<typeof AttachmentSchema>;

const MessageSchema = named("Message", {
  id: Uuid,
  conversationId: Uuid,
  direction: oneOf(["in", "out"]),
  kind: oneOf(["message", "postback", "template"]),
  author: Type.Object({
    kind: oneOf(["contact", "user", "automation", "external"]),
    id: Nullable(Type.String()),
    name: Type.String(),
  }),
  text: Nullable(Type.String()),
  content: Nullable(AnyObject),
  attachments: Type.Array(AttachmentSchema),
  status: oneOf(["received", "queued", "sending", "sent", "delivered", "read", "failed", "unknown"]),
  mid: Nullable(Type.String()),
  error: Nullable(
    Type.Object({
      code: Type.String(),
      title: Type.String(),
      titleCode: Type.Optional(SentenceCode),
      remedy: Type.String(),
      remedyCode: Type.Optional(SentenceCode),
    }),
  ),
  replyToMid: Nullable(Type.String()),
  reactions: Type.Array(Type.Object({ actor: oneOf(["contact", "page"]), emoji: Type.String() })),
  editedAt: Nullable(IsoTime),
  deletedAt: Nullable(IsoTime),
  sentAt: IsoTime,
  createdAt: IsoTime,
});
export type Message = Static<typeof MessageSchema>;
export const MessageResponse = Type.Object({ message: MessageSchema });
export const MessageList = listOf(MessageSchema);

const NoteSchema = named("Note", {
  id: Uuid,
  /** Without an id: the author's account was deleted. */
  author: Type.Object({ id: Nullable(Uuid), name: Type.String() }),
  text: Type.String(),
  createdAt: IsoTime,
});
export type Note = Static<typeof NoteSchema>;
export const NoteList = listOf(NoteSchema);
export const NoteResponse = Type.Object({ note: NoteSchema });

const TimelineEventSchema = named("TimelineEvent", {
  id: Uuid,
  kind: Type.String(),
  actor: Nullable(MemberSchema),
  data: AnyObject,
  text: Type.String(),
  words: Type.Optional(Words),
  at: IsoTime,
});
export type TimelineEvent = Static<typeof TimelineEventSchema>;
export const TimelineEventList = listOf(TimelineEventSchema);

const TimelineItemSchema = Type.Union([
  Type.Object({ type: Type.Literal("message"), at: IsoTime, message: MessageSchema }),
  Type.Object({ type: Type.Literal("note"), at: IsoTime, note: NoteSchema }),
  Type.Object({ type: Type.Literal("event"), at: IsoTime, event: TimelineEventSchema }),
]);
export type TimelineItem = Static<typeof TimelineItemSchema>;
export const TimelineItemList = listOf(TimelineItemSchema);

// Meta's limit for one message; blank text is not a message.
export const ReplyBody = Type.Object(
  {
    text: Type.Optional(Type.String({ minLength: 1, maxLength: 4_000, pattern: "\\S" })),
    templateId: Type.Optional(Uuid),
    content: Type.Optional(ContentSchema),
    replyToMid: Type.Optional(Type.String({ minLength: 1, maxLength: 500 })),
  },
  { additionalProperties: false },
);
export const ReplyHeaders = Type.Object({
  "idempotency-key": Type.String({ minLength: 8, maxLength: 200 }),
});
export const ControlBody = Type.Object({ action: ControlAction }, { additionalProperties: false });
export type ControlAction = Static<typeof ControlAction>;
const ReactionSchema = oneOf(["love", "smile", "wow", "sad", "angry", "like", "dislike"]);
export type ReactionKind = Static<typeof ReactionSchema>;
/** Null removes it. */
export const ReactionBody = Type.Object(
  { reaction: Nullable(ReactionSchema) },
  { additionalProperties: false },
);
export const NoteBody = Type.Object(
  {
    text: Type.String({ minLength: 1, maxLength: 5_000, pattern: "\\S" }),
    /** Members to notify. */
    mentions: Type.Optional(Type.Array(Uuid, { maxItems: 50, uniqueItems: true })),
  },
  { additionalProperties: false },
);

export const OfConversation = Type.Object({ workspaceId: Uuid, conversationId: Uuid });
export const OfMessage = Type.Object({ workspaceId: Uuid, conversationId: Uuid, messageId: Uuid });
