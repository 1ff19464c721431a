import { sql } from "drizzle-orm";
import {
  bigint,
  boolean,
  check,
  foreignKey,
  index,
  jsonb,
  primaryKey,
  text,
  unique,
  uniqueIndex,
  uuid,
} from "drizzle-orm/pg-core";
import { users } from "../auth.ts";
import { pages } from "./pages.ts";
import { id, messaging, ownWorkspaceId, time, workspaceId } from "./schema.ts";

/** A saved message. */
export const templates = messaging.table(
  "templates",
  {
    id: id(),
    workspaceId: workspaceId(),
    name: text().notNull(),
    category: text().notNull().default(""),
    /** Validated by templates/content.ts. */
    content: jsonb().notNull(),
    createdBy: uuid().references(() => users.id, { onDelete: "set null" }),
    createdAt: time().notNull().defaultNow(),
    updatedAt: time().notNull().defaultNow(),
  },
  (t) => [
    unique("templates_workspace_id").on(t.workspaceId, t.id),
    uniqueIndex("templates_name").on(t.workspaceId, sql`lower(${t.name})`),
  ],
);

/** Files of the workspace's media library. */
export const mediaFiles = messaging.table(
  "media_files",
  {
    id: id(),
    workspaceId: workspaceId(),
    name: text().notNull(),
    /** Meta's word for the attachment. */
    type: text({ enum: ["image", "video", "audio", "file"] }).notNull(),
    mimeType: text().notNull(),
    bytes: bigint({ mode: "number" }).notNull(),
    fileKey: text().notNull(),
    /** Added for one person: only their conversation sends it, and the library does not show it. */
    conversationId: uuid(),
    createdBy: uuid().references(() => users.id, { onDelete: "set null" }),
    createdAt: time().notNull().defaultNow(),
  },
  (t) => [
    unique("media_files_workspace_id").on(t.workspaceId, t.id),
    // The public address of an image on a card.
    unique("media_files_file_key").on(t.fileKey),
    index("media_files_list").on(t.workspaceId, t.id),
    // Goes with its person, or soon when it was never sent.
    index("media_files_conversation")
      .on(t.conversationId)
      .where(sql`${t.conversationId} is not null`),
    check("media_files_type", sql`${t.type} in ('image', 'video', 'audio', 'file')`),
  ],
);

/** A media file as one page knows it: Meta keeps the attachment id for 90 days. Expired: it has to be uploaded again. */
export const mediaUploads = messaging.table(
  "media_uploads",
  {
    workspaceId: ownWorkspaceId(),
    pageId: uuid().notNull(),
    mediaFileId: uuid().notNull(),
    /** Null: Meta refused the file, see `error`. */
    attachmentId: text(),
    error: text(),
    expiresAt: time().notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.pageId, t.mediaFileId] }),
    foreignKey({
      columns: [t.workspaceId, t.pageId],
      foreignColumns: [pages.workspaceId, pages.id],
    }).onDelete("cascade"),
    foreignKey({
      columns: [t.workspaceId, t.mediaFileId],
      foreignColumns: [mediaFiles.workspaceId, mediaFiles.id],
    }).onDelete("cascade"),
    index("media_uploads_file").on(t.mediaFileId),
    check("media_uploads_outcome", sql`(${t.attachmentId} is null) <> (${t.error} is null)`),
  ],
);

/** Meta's utility templates, per page, as Meta last told us. */
export const utilityTemplates = messaging.table(
  "utility_templates",
  {
    id: id(),
    workspaceId: ownWorkspaceId(),
    pageId: uuid().notNull(),
    /** Meta's id; null while our request to make it is open. */
    facebookId: text(),
    name: text().notNull(),
    language: text().notNull(),
    category: text().notNull(),
    /** In Meta's spelling: APPROVED, PENDING, REJECTED, PAUSED, DISABLED. */
    status: text().notNull(),
    statusReason: text(),
    parameterFormat: text({ enum: ["NAMED", "POSITIONAL"] }).notNull(),
    components: jsonb().notNull(),
    statusAt: time().notNull().defaultNow(),
    createdAt: time().notNull().defaultNow(),
  },
  (t) => [
    unique("utility_templates_workspace_id").on(t.workspaceId, t.id),
    unique("utility_templates_page_name").on(t.pageId, t.name, t.language),
    foreignKey({
      columns: [t.workspaceId, t.pageId],
      foreignColumns: [pages.workspaceId, pages.id],
    }).onDelete("cascade"),
    index("utility_templates_list").on(t.workspaceId, t.name, t.language),
  ],
);

/** The content of a delivery: one row for a reply, one shared row for all recipients of a campaign. */
export const contents = messaging.table(
  "contents",
  {
    id: id(),
    workspaceId: workspaceId(),
    /** The `message` object of the Send API, without metadata; `{{variables}}` are filled when it is sent. */
    message: jsonb().notNull(),
    /** Whether `message` has variables to fill. */
    isPersonal: boolean().notNull().default(false),
    /** The library file that it carries; its attachment id is per page. */
    mediaFileId: uuid(),
    /** Library files that are images of its cards. */
    imageFileIds: uuid()
      .array()
      .notNull()
      .default(sql`'{}'`),
    /** Targets of its tracked links, in their order. */
    links: text()
      .array()
      .notNull()
      .default(sql`'{}'`),
    createdAt: time().notNull().defaultNow(),
  },
  (t) => [
    unique("contents_workspace_id").on(t.workspaceId, t.id),
    foreignKey({
      columns: [t.workspaceId, t.mediaFileId],
      foreignColumns: [mediaFiles.workspaceId, mediaFiles.id],
    }),
    // May a library file be deleted?
    index("contents_media")
      .on(t.mediaFileId)
      .where(sql`${t.mediaFileId} is not null`),
    index("contents_images")
      .using("gin", t.imageFileIds)
      .where(sql`${t.imageFileIds} <> '{}'`),
  ],
);
