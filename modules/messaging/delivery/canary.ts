/** The first so many messages of a campaign to more people than that go out at so many a second, unless it says no. */
export const canary = { first: 100, above: 1_000, perSecond: 5 };
