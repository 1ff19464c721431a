import { randomBytes } from "node:crypto";
import { ensureOwner, needsOwner, readOwnerId } from "#auth";
import { createDemo } from "#messaging";
import type { System } from "./system.ts";

/**
 * Opens the demo workspace. If the installation has no owner, creates one and returns the login; the password is
 * stored nowhere else.
 */
export async function openDemo(on: System): Promise<{ email: string; password: string } | null> {
  const owner = (await needsOwner(on))
    ? { email: "owner@demo.test", password: `${randomBytes(9).toString("base64url")}-Demo7` }
    : null;
  const made = owner !== null && (await ensureOwner(on, owner)) === "created";
  const ownerId = await readOwnerId(on.sql);
  if (ownerId !== null) await createDemo(on, ownerId);
  return made ? owner : null;
}
