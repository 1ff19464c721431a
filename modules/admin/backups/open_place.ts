import type { Place } from "./place.ts";
import { diskPlace } from "./place_disk.ts";
import { s3Place } from "./place_s3.ts";
import type { BackupDeps, BackupSettings } from "./settings.ts";
import { problem } from "./problems.ts";

export function openPlace({ place }: BackupSettings): Place {
  return place.kind === "disk" ? diskPlace(place) : s3Place(place);
}

/** The settings, or 409 `backups-off`. */
export function backupSettings({ config }: Pick<BackupDeps, "config">): BackupSettings {
  if (config.backup) return config.backup;
  throw problem("backups-off");
}
