/** The first messages of a larger campaign go at this slow speed, unless it opts out. */
export const canary = { first: 100, above: 1_000, perSecond: 5 };
