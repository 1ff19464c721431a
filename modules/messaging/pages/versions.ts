import type { DoctorCheck } from "./schema.ts";

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
  const end = ends[version];
  const remedy = "Set GRAPH_API_VERSION to a newer version";
  if (end === undefined) {
    return {
      key: "version",
      state: "warning",
      text: `Graph API ${version} is not one that this release knows`,
      remedy,
      fix: null,
    };
  }
  if (end === null)
    return {
      key: "version",
      state: "ok",
      text: `Graph API ${version}. Meta has not said when it ends`,
      remedy: null,
      fix: null,
    };
  const left = new Date(end).getTime() - now;
  if (left <= 0)
    return {
      key: "version",
      state: "failed",
      text: `Graph API ${version} ended on ${end}`,
      remedy,
      fix: null,
    };
  if (left < warnMs)
    return {
      key: "version",
      state: "warning",
      text: `Graph API ${version} ends on ${end}`,
      remedy,
      fix: null,
    };
  return { key: "version", state: "ok", text: `Graph API ${version}, until ${end}`, remedy: null, fix: null };
}
