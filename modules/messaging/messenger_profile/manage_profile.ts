import { enqueueJobs } from "#db";
import { metaProblem, pageNotConnected } from "../graph/mod.ts";
import { checkProfile } from "./check_profile.ts";
import { newProfileJob, publishProfileJob } from "./job_kinds.ts";
import { openToken, type ProfileDeps } from "./profile_jobs.ts";
import { readProfileState, refusedAsking, saveProfile, storeAsked, storeRead } from "./profile_store.ts";
import { readShown } from "./publish.ts";
import type { OfPage, ProfileState, PublishedProfile, SavedProfile } from "./schema.ts";

/** Saves a draft of the profile. Throws 404, `profile-invalid`, `profile-changed`. */
export async function writeProfile(
  { sql }: Pick<ProfileDeps, "sql">,
  of: OfPage,
  saved: SavedProfile,
): Promise<ProfileState> {
  checkProfile(saved.profile);
  return await saveProfile(sql, of, saved);
}

/** Has the saved profile brought to Meta. Throws 404, `profile-changed`, `profile-differs`, `page-not-connected`. */
export async function publishProfile(
  on: Pick<ProfileDeps, "sql">,
  of: OfPage,
  { revision, replace = false }: PublishedProfile,
): Promise<ProfileState> {
  const isAsked = await on.sql.begin(async (tx) => {
    const goes = await storeAsked(tx, of, { revision, replace });
    if (goes) await enqueueJobs(tx, [newProfileJob(publishProfileJob, of)]);
    return goes;
  });
  if (!isAsked) throw await refusedAsking(on.sql, of, revision);
  return await readProfileState(on.sql, of);
}

/** Reads Meta's current profile. Throws 404, `page-not-connected`, and Meta's errors. */
export async function compareProfile(on: ProfileDeps, of: OfPage): Promise<ProfileState> {
  await readProfileState(on.sql, of);
  const token = await openToken(on, of);
  if (token === null) throw pageNotConnected("read-profile");
  try {
    await storeRead(on.sql, of, await readShown(on.graph, token));
  } catch (error) {
    throw metaProblem(error, "read-profile");
  }
  return await readProfileState(on.sql, of);
}
