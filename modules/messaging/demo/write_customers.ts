import type { TransactionSql } from "postgres";
import { notes } from "./dialogs.ts";
import { insertRows, type Row } from "./insert_rows.ts";
import { type Customer, day, hour, iso, type Line, type Stage } from "./stage.ts";

/** A file that an attachment needs. */
export interface WantedFile {
  key: string;
  kind: "photo" | "invoice";
  number: number;
}

const signs = { love: "❤️", like: "👍", smile: "😆" } as const;

/**
 * Writes the customers with their threads: contacts, conversations, messages, attachments, reactions, events, notes.
 */
export async function writeCustomers(
  tx: TransactionSql,
  stage: Stage,
  {
    customers,
    fileOf,
  }: { customers: readonly Customer[]; fileOf: (kind: WantedFile["kind"]) => WantedFile & { bytes: number } },
): Promise<void> {
  const { dice, now, workspaceId, memberIds } = stage;
  const rows = {
    messages: [] as Row[],
    attachments: [] as Row[],
    reactions: [] as Row[],
    events: [] as Row[],
    notes: [] as Row[],
  };
  const conversations: Row[] = [];
  let serial = 0;
  for (const customer of customers) {
    const of = { workspace_id: workspaceId, page_id: customer.pageId, conversation_id: customer.id };
    const lines = customer.lines.toSorted((one, other) => one.at - other.at);
    for (const line of lines) {
      serial += 1;
      const id = dice.idAt(line.at);
      const mid = `m_demo_${serial}`;
      rows.messages.push({
        ...of,
        id,
        mid,
        ...messageColumns(line),
        idempotency_key: line.author === "user" ? mid : null,
      });
      if (line.file) {
        const { key, kind, bytes } = fileOf(line.file);
        rows.attachments.push(
          attachment({ id: dice.idAt(line.at), workspaceId, messageId: id, at: line.at, key, kind, bytes }),
        );
      }
      const actor = line.direction === "out" ? "contact" : "page";
      if (line.author !== "automation" && dice.isHit(actor === "contact" ? 0.07 : 0.02)) {
        const reaction = dice.pick(["love", "like", "smile"] as const);
        const at = iso(Math.min(line.at + dice.whole(5_000, hour), now));
        rows.reactions.push({
          workspace_id: workspaceId,
          page_id: customer.pageId,
          mid,
          actor,
          emoji: signs[reaction],
          reaction,
          at,
        });
      }
    }
    for (const { at, kind, userId, data } of customer.events) {
      serial += 1;
      rows.events.push({
        ...of,
        id: dice.idAt(at),
        key: `${kind}:demo-${serial}`,
        kind,
        actor_user_id: userId,
        data,
        at: iso(at),
      });
    }
    const last = lines.at(-1);
    if (last && customer.status !== "spam" && last.at > now - 20 * day && dice.isHit(0.14)) {
      const at = Math.max(last.at - dice.whole(1, 10) * 60_000, customer.createdAt);
      rows.notes.push({
        ...of,
        id: dice.idAt(at),
        author_id: dice.pick(memberIds),
        text: dice.pick(notes),
        created_at: iso(at),
      });
    }
    conversations.push(conversation(stage, customer, lines));
  }
  await insertRows(
    tx,
    "contacts",
    customers.map((customer) => contact(stage, customer)),
  );
  await insertRows(tx, "conversations", conversations);
  for (const [table, written] of Object.entries(rows)) await insertRows(tx, table, written);
}

function contact({ workspaceId }: Stage, customer: Customer): Row {
  const inbound = customer.lines.filter(({ direction }) => direction === "in").map(({ at }) => at);
  const stoppedAt = customer.unsubscribedAt;
  return {
    id: customer.id,
    workspace_id: workspaceId,
    page_id: customer.pageId,
    psid: customer.psid,
    name: `${customer.firstName} ${customer.lastName}`,
    first_name: customer.firstName,
    last_name: customer.lastName,
    locale: customer.locale,
    timezone: customer.timezone,
    profile_state: "known",
    profile_at: iso(customer.createdAt),
    source: customer.source,
    subscribed: stoppedAt === null,
    subscription_reason: stoppedAt === null ? null : "stop",
    subscription_at: stoppedAt === null ? null : iso(stoppedAt),
    blocked_at: customer.blockedAt === null ? null : iso(customer.blockedAt),
    unreachable_at: customer.unreachableAt === null ? null : iso(customer.unreachableAt),
    unreachable_reason:
      customer.unreachableAt === null ? null : "This person can't receive messages right now",
    first_inbound_at: iso(Math.min(...inbound)),
    last_inbound_at: iso(Math.max(...inbound)),
    engagement: "new",
    created_at: iso(customer.createdAt),
  };
}

function conversation({ dice, now, workspaceId }: Stage, customer: Customer, lines: readonly Line[]): Row {
  const last = lines.at(-1);
  if (!last) throw new Error("Cannot write a conversation in which nobody said anything");
  const { status } = customer;
  const out = lines.filter(({ direction }) => direction === "out").map(({ at }) => at);
  const answeredAt = lines.findLast(({ author }) => author === "user")?.at ?? 0;
  const waiting = lines.filter(({ at, direction }) => direction === "in" && at > answeredAt).length;
  const lastByPerson = lines.findLast(({ author }) => author !== "automation");
  const isUnread = status === "open" && lastByPerson?.direction === "in" && last.at > now - 3 * day;
  const sentUntil = Math.max(0, ...out);
  // Customers who write have read the earlier messages.
  const wroteAt = lines.findLast(({ direction }) => direction === "in")?.at ?? 0;
  const readUntil = Math.max(customer.readUntil, wroteAt);
  return {
    id: customer.id,
    workspace_id: workspaceId,
    page_id: customer.pageId,
    status,
    snoozed_until: status === "snoozed" ? iso(now + dice.whole(16, 90) * hour) : null,
    assignee_id: customer.assigneeId,
    unread_count: isUnread ? waiting : 0,
    last_message_at: iso(last.at),
    preview_text: last.text ?? (last.file === "photo" ? "Photo" : "File"),
    preview_direction: last.direction,
    delivered_until: sentUntil === 0 ? null : iso(Math.max(sentUntil + 2_000, readUntil)),
    read_until: iso(readUntil),
    control: "ours",
    controlled_at: iso(customer.createdAt),
    held_at: iso(wroteAt),
    created_at: iso(customer.createdAt),
  };
}

function messageColumns({ at, direction, author, userId, text }: Line): Row {
  const time = iso(at);
  return {
    direction,
    kind: "message",
    author_kind: author,
    author_user_id: userId,
    text,
    edit_num: 0,
    is_partial: false,
    sent_at: time,
    created_at: time,
  };
}

function attachment(given: {
  id: string;
  workspaceId: string;
  messageId: string;
  at: number;
  key: string;
  kind: WantedFile["kind"];
  bytes: number;
}): Row {
  const isPhoto = given.kind === "photo";
  return {
    id: given.id,
    workspace_id: given.workspaceId,
    message_id: given.messageId,
    position: 0,
    type: isPhoto ? "image" : "file",
    file_state: "stored",
    file_key: given.key,
    file_name: isPhoto ? "photo.png" : "invoice.pdf",
    mime_type: isPhoto ? "image/png" : "application/pdf",
    bytes: given.bytes,
    created_at: iso(given.at),
  };
}
