/** How the reason of a campaign or sequence begins that stopped itself. */
export const pausedByItself = "Paused by itself: ";

/** The reason alone, as a sentence. */
export function reasonOfPause(statusReason: string): string {
  const reason = statusReason.startsWith(pausedByItself)
    ? statusReason.slice(pausedByItself.length)
    : statusReason;
  return `${reason.charAt(0).toUpperCase()}${reason.slice(1)}`;
}
