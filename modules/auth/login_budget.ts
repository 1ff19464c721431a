import { type SQL, sql } from "drizzle-orm";
import { type Handle, orm } from "#db";
import { addressBlock } from "./client_address.ts";

/** A full budget has `most` attempts; one is added every `everyMs`. */
export interface Budget {
  account: string;
  source: string;
  most: number;
  everyMs: number;
}

const second = 1_000;
const minute = 60 * second;

/**
 * The budgets that an unknown device needs, all at once. Over all addresses an account has 5 guesses, then one per
 * three minutes: 485 on the first day and 480 on each other, as many as 5 per quarter of an hour. One address block
 * gets fewer, so it cannot use up the rest for new devices elsewhere. A recently reset account has no limit over all
 * addresses.
 */
export function strangerBudgets(
  { account, isOpen }: { account: string; isOpen: boolean },
  address: string,
): Budget[] {
  const source = `address:${addressBlock(address)}`;
  const everywhere = { account, source: "", most: 5, everyMs: 3 * minute };
  return [
    ...(isOpen ? [] : [everywhere]),
    { account, source, most: 4, everyMs: 5 * minute },
    { account: "", source, most: 50, everyMs: 18 * second },
  ];
}

/**
 * The budgets of a mail that resets a password: three for an address of mail, then one per 20 minutes, and 20 of an
 * address block. Independent of those of logins: neither uses up the other.
 */
export function resetBudgets(account: string, address: string): Budget[] {
  const source = `reset:${addressBlock(address)}`;
  return [
    { account, source: "reset", most: 3, everyMs: 20 * minute },
    { account: "", source, most: 20, everyMs: 3 * minute },
  ];
}

/** The budget of mails to new addresses of one account. */
export function addressBudgets(account: string): Budget[] {
  return [{ account, source: "address-change", most: 5, everyMs: 12 * minute }];
}

/** The budget of a known device, independent of others. */
export function deviceBudgets(account: string, deviceId: string): Budget[] {
  return [{ account, source: `device:${deviceId}`, most: 5, everyMs: 3 * minute }];
}

type Row = Record<string, unknown>;

const at = (now: number) => sql`${new Date(now).toISOString()}::timestamptz`;

function listed(budgets: readonly Budget[]): SQL {
  const rows = budgets.map(
    ({ account, source, most, everyMs }) =>
      sql`(${account}::text, ${source}::text, ${most}::int, ${everyMs}::int * interval '1 millisecond')`,
  );
  return sql`(values ${sql.join(rows, sql`, `)}) as asked (account, source, most, every)`;
}

// After a wrong clock the wait is never longer than that of an empty budget.
const fullAt = (now: number) => sql`least(full_at, ${at(now)} + most * every)`;

/** Seconds until all of these budgets have a try; 0 when they have one now. */
export async function readWait(db: Handle, budgets: readonly Budget[], now: number): Promise<number> {
  const [row] = await orm(db).execute<Row & { seconds: number | null }>(sql`
    select ceil(extract(epoch from max(${fullAt(now)} - (most - 1) * every) - ${at(now)}))::int as seconds
    from ${listed(budgets)} join auth.login_budgets using (account, source)`);
  return Math.max(0, row?.seconds ?? 0);
}

/** Takes an attempt from each of these budgets, or from none if one is empty. */
export async function takeTry(db: Handle, budgets: readonly Budget[], now: number): Promise<boolean> {
  // Rows are created and locked in key order, so that two attempts wait and do not deadlock.
  await orm(db).execute(sql`
    insert into auth.login_budgets (account, source, full_at)
    select account, source, ${at(now)} from ${listed(budgets)} order by account, source
    on conflict do nothing`);
  const taken = await orm(db).execute(sql`
    with held as materialized (
      select account, source, every, most, ${fullAt(now)} as full_at
      from ${listed(budgets)} join auth.login_budgets b using (account, source)
      order by account, source for update of b)
    update auth.login_budgets b set full_at = greatest(held.full_at, ${at(now)}) + held.every
    from held where b.account = held.account and b.source = held.source
      and ${budgets.length} = (select count(*) from held where full_at + every <= ${at(now)} + most * every)
    returning b.account`);
  return taken.length === budgets.length;
}

/** Returns the attempt of a correct password. */
export async function returnTry(db: Handle, budgets: readonly Budget[]): Promise<void> {
  await orm(db).execute(sql`
    with held as materialized (
      select account, source, every from ${listed(budgets)} join auth.login_budgets b using (account, source)
      order by account, source for update of b)
    update auth.login_budgets b set full_at = b.full_at - held.every
    from held where b.account = held.account and b.source = held.source`);
}

/** Fills all budgets of an account. */
export async function clearBudgets(db: Handle, account: string): Promise<void> {
  await orm(db).execute(sql`delete from auth.login_budgets where account = ${account}`);
}

/** Lifts the limit of an account with a random password for an hour: its row is full at the end. */
export async function openAccount(db: Handle, account: string, now: number): Promise<void> {
  await orm(db).execute(sql`
    insert into auth.login_budgets (account, source, full_at) values (${account}, 'open', ${at(now + 60 * minute)})`);
}

/** Whether an account is open, as a part of another read. */
export function isOpen(account: SQL, now: number): SQL<boolean> {
  return sql<boolean>`exists (
    select from auth.login_budgets b where b.account = ${account} and b.source = 'open' and b.full_at > ${at(now)})`;
}

/**
 * Deletes rows of full budgets. Attackers choose the keys: each attempt adds at most three rows and deletes more, so
 * the table holds only the last minutes.
 */
export async function pruneBudgets(db: Handle, { now, most }: { now: number; most: number }): Promise<void> {
  // A minute after they are full: a new attempt may still use its row.
  await orm(db).execute(sql`
    delete from auth.login_budgets b using (
      select account, source from auth.login_budgets where full_at < ${at(now - minute)}
      order by full_at limit ${most} for update skip locked) as old
    where b.account = old.account and b.source = old.source`);
}
