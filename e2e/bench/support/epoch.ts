/** Milliseconds since 1970 with their fractions: the same clock in every process of this machine. */
export const epochMs = () => performance.timeOrigin + performance.now();
