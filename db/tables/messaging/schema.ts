import { sql } from "drizzle-orm";
import { pgSchema, timestamp, uuid } from "drizzle-orm/pg-core";
import { workspaces } from "../auth.ts";

export const messaging = pgSchema("messaging");

export const id = () =>
  uuid()
    .primaryKey()
    .default(sql`uuidv7()`);
export const time = () => timestamp({ withTimezone: true, mode: "date" });
export const workspaceId = () =>
  uuid()
    .notNull()
    .references(() => workspaces.id, { onDelete: "cascade" });
/** Below pages the composite keys lead to the workspace: one more foreign key per row would only cost time. */
export const ownWorkspaceId = () => uuid().notNull();
export const ownId = () =>
  uuid()
    .notNull()
    .default(sql`uuidv7()`);
