function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "";
}

/**
 * True for an error in the data: values, constraints, too deep a structure. Others (no connection, no space,
 * shutdown, time-out) say nothing about the events.
 */
export function isDataError(error: unknown): boolean {
  return /^(?:21|22|23|54)/.test(codeOf(error)) || error instanceof TypeError || error instanceof RangeError;
}

/** True for a deadlock or a failed serialisation: the same again succeeds. */
export function isWorthRepeating(error: unknown): boolean {
  return ["40P01", "40001"].includes(codeOf(error));
}
