import type { Handle } from "#db";
import { notFound, randomToken, sha256Hex } from "#std";
import { recordActivity } from "../activity/record.ts";
import type { AuthDeps } from "../deps.ts";
import { describeDevice } from "../device.ts";

export const rememberedSeconds = 30 * 24 * 60 * 60;

/** A shared browser remembers its last few people. */
const mostPeople = 4;
const mostDevices = 20;

/** The tokens of the cookie, bounded: strangers write it. */
function tokensOf(cookie: string | null): string[] {
  if (cookie === null || cookie.length > 400) return [];
  return cookie.split("~").slice(0, mostPeople);
}

const hashesOf = (cookie: string | null) => tokensOf(cookie).map((token) => sha256Hex(token));

/** Whether this browser needs no second factor of this person. A new password forgets it. */
export async function isRemembered(
  db: Handle,
  { userId, cookie }: { userId: string; cookie: string | null },
): Promise<boolean> {
  const hashes = hashesOf(cookie);
  if (hashes.length === 0) return false;
  const rows = await db`
    update auth.remembered_devices d set last_used_at = now() from auth.users u
    where d.token_hash = any(${hashes}::text[]) and d.user_id = ${userId} and u.id = d.user_id
      and d.expires_at > now() and d.password_mark = encode(sha256(convert_to(u.password_hash, 'UTF8')), 'hex')
    returning d.id`;
  return rows.length > 0;
}

/** Remembers this browser for 30 days, and returns its cookie. Of a person's devices the 20 newest stay. */
export async function rememberBrowser(
  on: Pick<AuthDeps, "sql">,
  {
    userId,
    cookie,
    userAgent,
    address,
  }: { userId: string; cookie: string | null; userAgent: string; address: string },
): Promise<string> {
  const token = randomToken();
  await on.sql.begin(async (tx) => {
    const [row] = await tx<{ id: string }[]>`
      insert into auth.remembered_devices (user_id, token_hash, password_mark, user_agent, address, expires_at)
      select id, ${sha256Hex(token)}, encode(sha256(convert_to(password_hash, 'UTF8')), 'hex'), ${userAgent}, ${address},
        now() + make_interval(secs => ${rememberedSeconds})
      from auth.users where id = ${userId} returning id`;
    await tx`
      delete from auth.remembered_devices where user_id = ${userId} and (expires_at < now() or id not in (
        select id from auth.remembered_devices where user_id = ${userId} order by id desc limit ${mostDevices}))`;
    await recordActivity(tx, {
      action: "user.device-remembered",
      subject: { id: userId },
      after: { userAgent, id: row?.id },
    });
  });
  return [token, ...tokensOf(cookie)].slice(0, mostPeople).join("~");
}

export interface RememberedDevice {
  id: string;
  browser: string | null;
  system: string | null;
  address: string;
  createdAt: string;
  lastUsedAt: string;
  expiresAt: string;
  isCurrent: boolean;
}

/** The browsers in which a person needs no second factor, the last used first. */
export async function listDevices(
  db: Handle,
  { userId, cookie }: { userId: string; cookie: string | null },
): Promise<RememberedDevice[]> {
  const rows = await db<
    {
      id: string;
      userAgent: string;
      address: string;
      createdAt: string;
      lastUsedAt: string;
      expiresAt: string;
      isCurrent: boolean;
    }[]
  >`
    select d.id, d.user_agent as "userAgent", d.address, d.created_at as "createdAt", d.last_used_at as "lastUsedAt",
      d.expires_at as "expiresAt", d.token_hash = any(${hashesOf(cookie)}::text[]) as "isCurrent"
    from auth.remembered_devices d join auth.users u on u.id = d.user_id
    where d.user_id = ${userId} and d.expires_at > now()
      and d.password_mark = encode(sha256(convert_to(u.password_hash, 'UTF8')), 'hex')
    order by d.last_used_at desc, d.id desc limit ${mostDevices}`;
  return rows.map(({ userAgent, createdAt, lastUsedAt, expiresAt, ...row }) => ({
    ...row,
    ...describeDevice(userAgent),
    createdAt: new Date(createdAt).toISOString(),
    lastUsedAt: new Date(lastUsedAt).toISOString(),
    expiresAt: new Date(expiresAt).toISOString(),
  }));
}

/** Forgets one browser of a person. Throws 404 without it. */
export async function forgetDevice(
  on: Pick<AuthDeps, "sql">,
  { userId, deviceId }: { userId: string; deviceId: string },
): Promise<void> {
  await on.sql.begin(async (tx) => {
    const rows = await tx`
      delete from auth.remembered_devices where id = ${deviceId} and user_id = ${userId} returning id`;
    if (rows.length === 0) throw notFound("device");
    await recordActivity(tx, {
      action: "user.device-forgotten",
      subject: { id: userId },
      before: { id: deviceId },
    });
  });
}

export async function forgetDevices(tx: Handle, userId: string): Promise<void> {
  await tx`delete from auth.remembered_devices where user_id = ${userId}`;
}
