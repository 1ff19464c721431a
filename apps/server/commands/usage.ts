/** A wrong command or option; the message lists the right ones. */
export class UsageError extends Error {}
