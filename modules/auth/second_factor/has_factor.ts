import { type SQL, sql, type SQLWrapper } from "drizzle-orm";

/** Whether a person has a second factor, as a part of another read. */
export const personHasFactor = (userId: SQLWrapper): SQL<boolean> => sql<boolean>`(
  exists (select from auth.totps f where f.user_id = ${userId} and f.confirmed_at is not null)
  or exists (select from auth.passkeys f where f.user_id = ${userId}))`;

/** Whether the installation requires one, as a part of another read. */
export const needsFactor = sql<boolean>`exists (select from auth.account_rules where needs_second_factor)`;
