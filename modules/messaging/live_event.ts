import type { campaigns, contactTransfers } from "#db/messaging";

type CampaignCount =
  | "planned"
  | "queued"
  | "sending"
  | "sent"
  | "delivered"
  | "read"
  | "replied"
  | "clicked"
  | "failed"
  | "skipped"
  | "cancelled"
  | "unknown";

/**
 * All that the screens of a workspace hear: publishers and the dashboard share this union. An event carries ids and
 * small facts, so that a missed one costs a refetch and never data.
 */
export type LiveEvent =
  | {
      name: "message";
      data: {
        conversationId: string;
        messageId: string;
        change: "created" | "updated";
        direction: "in" | "out";
      };
    }
  | { name: "conversation"; data: { conversationId: string } }
  | { name: "note"; data: { conversationId: string; noteId: string } }
  /** A colleague writes a reply just now. */
  | { name: "typing"; data: { conversationId: string; userId: string; name: string } }
  | { name: "page"; data: { pageId: string } }
  | { name: "contact"; data: { contactId: string } }
  /** Of a campaign or a sequence; once a second at most while it is under way. */
  | {
      name: "campaign";
      data: {
        campaignId: string;
        status: (typeof campaigns.$inferSelect)["status"];
        counts: Record<CampaignCount, number>;
      };
    }
  /** A new notification for a member. */
  | { name: "notification"; data: { userId: string } }
  /** What a member sees of the workspace has changed. */
  | { name: "access"; data: { userId: string } }
  /** The workspace was switched off or on. */
  | { name: "workspace"; data: { workspaceId: string } }
  /** An import, an export or a bulk action goes on or has ended. */
  | {
      name: "transfer";
      data: {
        transferId: string;
        status: (typeof contactTransfers.$inferSelect)["status"];
        counts: Record<string, number>;
      };
    };
