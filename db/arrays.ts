/**
 * A text[] parameter; cheaper than the driver's own, and with nulls. Drops nulls at the end, here and in
 * `plainArray`: beside a longer array `unnest` adds them again, and most columns of a batch are null throughout.
 */
export function textArray(values: readonly (string | null)[]): string {
  const length = lengthOf(values);
  let out = "{";
  for (let i = 0; i < length; i += 1) {
    const value = values[i];
    if (i > 0) out += ",";
    if (value === null || value === undefined) out += "NULL";
    else out += `"${special.test(value) ? value.replace(everySpecial, "\\$&") : value}"`;
  }
  return `${out}}`;
}

function lengthOf(values: readonly unknown[]): number {
  let length = values.length;
  while (length > 0 && values[length - 1] === null) length -= 1;
  return length;
}

const special = /["\\]/;
const everySpecial = /["\\]/g;

/** A float8[], int4[] or bool[] parameter. */
export function plainArray(values: readonly (number | boolean | null)[]): string {
  const length = lengthOf(values);
  let out = "{";
  for (let i = 0; i < length; i += 1) {
    if (i > 0) out += ",";
    out += values[i] ?? "NULL";
  }
  return `${out}}`;
}

/** Seconds for `to_timestamp`. */
export function seconds(ms: number | null): number | null {
  return ms === null ? null : ms / 1000;
}
