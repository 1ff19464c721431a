import { foreignKey, index, primaryKey, uuid } from "drizzle-orm/pg-core";
import { auth, invitationPlaces, memberships } from "./auth.ts";
import { pages } from "./messaging/pages.ts";

/** The pages of members who see chosen ones. A page of another workspace is refused by its key. */
export const memberPages = auth.table(
  "member_pages",
  {
    workspaceId: uuid().notNull(),
    userId: uuid().notNull(),
    pageId: uuid().notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.workspaceId, t.userId, t.pageId] }),
    foreignKey({
      name: "member_pages_member",
      columns: [t.workspaceId, t.userId],
      foreignColumns: [memberships.workspaceId, memberships.userId],
    }).onDelete("cascade"),
    foreignKey({
      name: "member_pages_page",
      columns: [t.workspaceId, t.pageId],
      foreignColumns: [pages.workspaceId, pages.id],
    }).onDelete("cascade"),
    // Deleting a page.
    index("member_pages_page").on(t.workspaceId, t.pageId),
  ],
);

/** The pages of invitations for members who will see chosen ones. A page that goes meanwhile is left out. */
export const invitationPages = auth.table(
  "invitation_pages",
  {
    invitationId: uuid().notNull(),
    workspaceId: uuid().notNull(),
    pageId: uuid().notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.invitationId, t.workspaceId, t.pageId] }),
    foreignKey({
      name: "invitation_pages_place",
      columns: [t.invitationId, t.workspaceId],
      foreignColumns: [invitationPlaces.invitationId, invitationPlaces.workspaceId],
    }).onDelete("cascade"),
    foreignKey({
      name: "invitation_pages_page",
      columns: [t.workspaceId, t.pageId],
      foreignColumns: [pages.workspaceId, pages.id],
    }).onDelete("cascade"),
    // Deleting a page.
    index("invitation_pages_page").on(t.workspaceId, t.pageId),
  ],
);
