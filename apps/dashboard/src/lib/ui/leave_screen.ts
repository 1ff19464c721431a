/** Whether a screen asks before it is left; then it calls `leave` once that is wanted. */
type Asks = (leave: () => Promise<void>) => boolean;

const screens = new Set<Asks>();

/** Asks for a screen with something unsaved on it, until the returned function is called. */
export function guardScreen(asks: Asks): () => void {
  screens.add(asks);
  return () => screens.delete(asks);
}

/** Does what ends the present screen by more than a change of address, such as signing out, once nothing unsaved stands on it. */
export function leaveScreen(leave: () => Promise<void>): void {
  for (const asks of screens) if (asks(leave)) return;
  void leave();
}
