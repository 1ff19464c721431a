import { expect, test } from "vitest";
import { versionCheck } from "./versions.ts";

test.each([
  ["v27.0", "2026-12-02", "ok", "Graph API v27.0: Meta has not announced its end"],
  ["v22.0", "2027-02-18", "ok", "Graph API v22.0, until 2027-05-20"],
  ["v22.0", "2027-02-20", "warning", "Graph API v22.0 ends on 2027-05-20"],
  ["v21.0", "2026-12-02", "warning", "Graph API v21.0 ends on 2027-01-21"],
  ["v21.0", "2027-01-22", "failed", "Graph API v21.0 ended on 2027-01-21"],
])("versionCheck() shows %s on %s as %s", (version, day, state, text) => {
  expect(versionCheck(version, Date.parse(day))).toMatchObject({ key: "version", state, text });
});
