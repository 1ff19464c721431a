import { createHmac } from "node:crypto";
import { constantTimeEqual, deriveKey, randomToken } from "#std";
import type { AuthDeps } from "./deps.ts";
import { type Credentials, readPasswordHash } from "./user_store.ts";

type DeviceDeps = Pick<AuthDeps, "clock"> & { config: Pick<AuthDeps["config"], "jwtSecret"> };

export const deviceCookieSeconds = 365 * 24 * 60 * 60;

/** A shared browser is known for its last few users. */
const mostAccounts = 4;

interface Mark {
  userId: string;
  deviceId: string;
  /** Derived from the password hash: a new password invalidates all marks of a person. */
  generation: string;
  text: string;
}

function mac(secret: string, purpose: string, text: string): string {
  return createHmac("sha256", deriveKey(secret, purpose)).update(text).digest("base64url");
}

function generationOf({ config }: DeviceDeps, passwordHash: string): string {
  return mac(config.jwtSecret, "known device, generation", passwordHash).slice(0, 22);
}

/** The marks in a cookie that we signed and that have not expired. */
function readMarks(on: DeviceDeps, devices: string | null): Mark[] {
  // Longer than ours can be: nothing is computed for it.
  if (devices === null || devices.length > 1_000) return [];
  return devices
    .split("~")
    .slice(0, mostAccounts)
    .flatMap((text) => {
      const [userId = "", deviceId = "", until = "", generation = "", signature = ""] = text.split(".");
      const signed = mac(on.config.jwtSecret, "known device", `${userId}.${deviceId}.${until}.${generation}`);
      if (!constantTimeEqual(signature, signed) || Number(until) * 1_000 <= on.clock()) return [];
      return [{ userId, deviceId, generation, text }];
    });
}

/** The known device of this person, with their current password; null for others. */
export function knownDevice(
  on: DeviceDeps,
  { devices, credentials }: { devices: string | null; credentials: Credentials | null },
): string | null {
  const mark = readMarks(on, devices).find(({ userId }) => userId === credentials?.id);
  if (!mark || !credentials) return null;
  return mark.generation === generationOf(on, credentials.passwordHash) ? mark.deviceId : null;
}

/** The device id of our cookie, for any person. Does not read the database: only for counting requests. */
export function anyDevice(on: DeviceDeps, devices: string | null): string | null {
  return readMarks(on, devices)[0]?.deviceId ?? null;
}

/** Whether the cookie names this person; their password may be another by now. */
export function isMarked(on: DeviceDeps, devices: string | null, userId: string): boolean {
  return readMarks(on, devices).some((one) => one.userId === userId);
}

/**
 * The cookie that marks this device as known for a person after a login, for a year. It is not a login: it only has
 * its own attempts, which others cannot use up.
 */
export async function rememberDevice(
  on: DeviceDeps & Pick<AuthDeps, "sql">,
  { userId, devices }: { userId: string; devices: string | null },
): Promise<string> {
  const marks = readMarks(on, devices);
  const before = marks.find((one) => one.userId === userId);
  const others = marks.filter((one) => one.userId !== userId).map(({ text }) => text);
  const until = Math.floor(on.clock() / 1_000) + deviceCookieSeconds;
  const generation = generationOf(on, await readPasswordHash(on.sql, userId));
  const text = `${userId}.${before?.deviceId ?? randomToken(12)}.${until}.${generation}`;
  const signature = mac(on.config.jwtSecret, "known device", text);
  return [`${text}.${signature}`, ...others].slice(0, mostAccounts).join("~");
}
