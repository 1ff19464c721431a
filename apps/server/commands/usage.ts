/** The person at the keyboard asked for something that does not exist; its message says what does. */
export class UsageError extends Error {}
