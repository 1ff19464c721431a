/** Now, in milliseconds since 1970. Leases, windows and limits use the database's clock instead. */
export type Clock = () => number;

export const systemClock: Clock = () => Date.now();
