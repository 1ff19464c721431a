import type { Dice } from "./dice.ts";
import type { Row } from "./insert_rows.ts";

export const hour = 3_600_000;
export const day = 24 * hour;

/** The base of all invented rows. */
export interface Stage {
  dice: Dice;
  /** In milliseconds since 1970; all invented history is before it. */
  now: number;
  workspaceId: string;
  /** The owner who clicked. */
  ownerId: string;
  /** Mara, Theo and Inés. */
  memberIds: readonly string[];
  /** The roastery and its café. */
  pageIds: readonly [string, string];
}

/** One message of a thread. */
export interface Line {
  at: number;
  direction: "in" | "out";
  author: "contact" | "user" | "automation";
  /** The author, for a colleague's message. */
  userId: string | null;
  text: string | null;
  file: "photo" | "invoice" | null;
}

/** A customer with everything that was said. */
export interface Customer {
  id: string;
  pageId: string;
  psid: string;
  firstName: string;
  lastName: string;
  locale: string;
  timezone: string;
  source: "organic" | "ad" | "link" | "comment";
  createdAt: number;
  lines: Line[];
  events: { at: number; kind: string; userId: string | null; data: Row }[];
  tags: Map<string, number>;
  /** The assignee of the conversation. */
  assigneeId: string | null;
  status: "open" | "pending" | "snoozed" | "resolved" | "spam";
  unsubscribedAt: number | null;
  blockedAt: number | null;
  unreachableAt: number | null;
  /** Everything that the page sent until then was read. */
  readUntil: number;
}

export const iso = (ms: number) => new Date(ms).toISOString();

/** The newest message that the customer wrote before a time; 0 when none. */
export function lastInboundBefore({ lines }: Customer, at: number): number {
  let newest = 0;
  for (const line of lines) if (line.direction === "in" && line.at < at && line.at > newest) newest = line.at;
  return newest;
}

/** The shop's tags with their colours. */
export const shopTags = {
  Customer: "green",
  Subscriber: "blue",
  Wholesale: "violet",
  Workshop: "orange",
  Gift: "rose",
  Complaint: "slate",
} as const;
