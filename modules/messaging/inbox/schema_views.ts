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

export const SavedViews = Type.Object({ items: Type.Array(SavedViewSchema) });
export const SavedViewResponse = Type.Object({ view: SavedViewSchema });
export const OfView = Type.Object({ workspaceId: Uuid, viewId: Uuid });
