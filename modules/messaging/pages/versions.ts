import type { DoctorCheck } from "./schema.ts";
import { type Sentence, wordsOf } from "#std";
import { say } from "./health_sentences.ts";

/** When versions of the Graph API end, from developers.facebook.com/docs/graph-api/changelog, and Meta's developer blog, read in December 2026. */
const ends: Readonly<Record<string, string | null>> = {
  "v27.0": null,
  "v26.0": null,
  "v25.0": "2028-07-29",
  "v24.0": "2028-02-18",
  "v23.0": "2027-10-08",
  "v22.0": "2027-05-20",
  "v21.0": "2027-01-21",
};

const warnMs = 90 * 24 * 3_600_000;

/** Warns 90 days before the configured version ends. */
export function versionCheck(version: string, now: number): DoctorCheck {
  const day = ends[version];
  if (day === undefined) return check("warning", say("version-unknown", { version }));
  if (day === null) return check("ok", say("version-open", { version }));
  const left = new Date(day).getTime() - now;
  if (left <= 0) return check("failed", say("version-ended", { version, day }));
  if (left < warnMs) return check("warning", say("version-ends", { version, day }));
  return check("ok", say("version-until", { version, day }));
}

function check(state: DoctorCheck["state"], { text, ...words }: Sentence): DoctorCheck {
  const remedy = state === "ok" ? null : say("version-remedy");
  return {
    key: "version",
    state,
    page: null,
    text,
    words,
    remedy: remedy && remedy.text,
    remedyWords: remedy && wordsOf(remedy),
    fix: null,
  };
}
