/** A text[] parameter; cheaper than the driver's own, and with nulls. */
export function textArray(values: readonly (string | null)[]): string {
  let out = "{";
  for (let i = 0; i < values.length; i += 1) {
    const value = values[i];
    if (i > 0) out += ",";
    if (value === null || value === undefined) out += "NULL";
    else out += `"${special.test(value) ? value.replace(everySpecial, "\\$&") : value}"`;
  }
  return `${out}}`;
}

const special = /["\\]/;
const everySpecial = /["\\]/g;

/** A float8[], int4[] or bool[] parameter. */
export function plainArray(values: readonly (number | boolean | null)[]): string {
  let out = "{";
  for (let i = 0; i < values.length; i += 1) {
    if (i > 0) out += ",";
    out += values[i] ?? "NULL";
  }
  return `${out}}`;
}

/** Seconds for `to_timestamp`. */
export function seconds(ms: number | null): number | null {
  return ms === null ? null : ms / 1000;
}
