/**
 * What a route of a workspace does for a member who sees a part of it:
 * - `open`: it has nothing of a page.
 * - `place`: its path names a page, contact, conversation or file, which the member must see; else it is missing.
 * - `filtered`: its SQL leaves out what the member does not see.
 * Operations that are not here need access to all pages.
 */
export type AccessRule = "open" | "place" | "filtered";

const open = [
  "readWorkspace",
  "listMembers",
  "readWorkspaceSwitch",
  "listMetaPermissions",
  "listTags",
  "listCustomFields",
  "readSendingRules",
  "readAssignmentRules",
  "readGivingRules",
  "listViews",
  "saveView",
  "deleteView",
  "listTemplates",
  "readTemplate",
  "listMedia",
  "readOnboarding",
] as const;

const place = [
  "readPage",
  "changePage",
  "disconnectPage",
  "checkPage",
  "repairPage",
  "readAutoReplies",
  "writeAutoReplies",
  "readPageReplies",
  "writePageReplies",
  "readMessengerProfile",
  "writeMessengerProfile",
  "publishMessengerProfile",
  "compareMessengerProfile",
  "changeContact",
  "deleteContact",
  "listReceivedCampaigns",
  "listContactEvents",
  "listContactNotes",
  "readContactPicture",
  "readConversation",
  "markConversationRead",
  "markConversationUnread",
  "changeThreadControl",
  "showTyping",
  "listMessages",
  "sendReply",
  "retryReply",
  "reactToMessage",
  "addReplyFile",
  "readTimeline",
  "readThread",
  "addNote",
  "readAttachmentFile",
  "readMediaFile",
] as const;

const filtered = [
  "listConversations",
  "countConversations",
  "countMatches",
  "countViews",
  "changeConversations",
  "changeConversation",
  "listContacts",
  "countContacts",
  "readContact",
  "previewContent",
  "listPages",
  "listUtilityTemplates",
  "listNotifications",
  "countUnreadNotifications",
  "readNotifications",
  "streamLive",
] as const;

const rules = new Map<string, AccessRule>([
  ...open.map((operation) => [operation, "open"] as const),
  ...place.map((operation) => [operation, "place"] as const),
  ...filtered.map((operation) => [operation, "filtered"] as const),
]);

/** The rule of an operation; null: it needs access to all pages. */
export function accessRuleOf(operationId: string): AccessRule | null {
  return rules.get(operationId) ?? null;
}
