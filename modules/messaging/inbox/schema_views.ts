import { type Static, Type } from "@sinclair/typebox";
import { named, Nullable, oneOf, Uuid } from "#std";
import { statuses } from "./schema.ts";

export const ViewFilterSchema = named(
  "ViewFilter",
  {
    tab: oneOf(["mine", "unassigned", "all"]),
    status: oneOf([...statuses, "all"]),
    search: Type.String({ maxLength: 200 }),
    pageId: Nullable(Uuid),
    /** A label. */
    tagId: Nullable(Uuid),
    unreadOnly: Type.Boolean(),
    sort: oneOf(["newest", "oldest"]),
  },
  { additionalProperties: false },
);

const SavedViewSchema = named("SavedView", {
  id: Uuid,
  name: Type.String(),
  filter: ViewFilterSchema,
});
export type SavedView = Static<typeof SavedViewSchema>;

export const NewView = named("NewView", {
  name: Type.String({ minLength: 1, maxLength: 60, pattern: "\\S" }),
  filter: ViewFilterSchema,
});
export type NewView = Static<typeof NewView>;

const ViewCountSchema = named("ViewCount", {
  id: Uuid,
  count: Type.Integer({ minimum: 0, maximum: 1_000 }),
  isMore: Type.Boolean({ description: "There may be more: counting stopped here" }),
});
export type ViewCount = Static<typeof ViewCountSchema>;
export const ViewCounts = Type.Object({
  pages: Type.Array(ViewCountSchema, {
    description: "Open conversations of each page, for the first 50 by name",
  }),
  views: Type.Array(ViewCountSchema, {
    description: "Conversations of each saved view without a search text",
  }),
});

export const SavedViews = Type.Object({ items: Type.Array(SavedViewSchema) });
export const SavedViewResponse = Type.Object({ view: SavedViewSchema });
export const OfView = Type.Object({ workspaceId: Uuid, viewId: Uuid });
