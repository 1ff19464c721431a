/** One try to send a delivery. */
export interface Attempt {
  id: string;
  deliveryId: string;
}

const uuid = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}";
const metadata = new RegExp(`^(${uuid})/(${uuid})$`, "i");

/** For `message.metadata`. With the delivery's id the echo finds its row by the primary key: attempts have no index. */
export function writeAttempt({ id, deliveryId }: Attempt): string {
  return `${deliveryId}/${id}`;
}

/** The attempt in the echo's `message.metadata`; null: not our message. */
export function readAttempt(given: string | null): Attempt | null {
  const [, deliveryId, id] = metadata.exec(given ?? "") ?? [];
  return deliveryId === undefined || id === undefined
    ? null
    : { id: id.toLowerCase(), deliveryId: deliveryId.toLowerCase() };
}
