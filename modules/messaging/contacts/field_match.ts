import type { Fragment, Sql, TransactionSql } from "postgres";

/** Whether a row of contact_fields holds this value; text without regard to case. */
export function fieldIs(sql: Sql | TransactionSql, given: string | number | boolean): Fragment {
  const value = String(given);
  return sql`case type when 'number' then number_value::text = ${value}::text when 'date' then date_value::text = ${value}
    when 'checkbox' then checked_value::text = ${value} else lower(text_value) = lower(${value}) end`;
}
