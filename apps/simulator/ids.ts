import { createHash, createHmac, randomBytes } from "node:crypto";

/** A message id in Meta's shape: `m_` and 86 opaque characters. */
export function newMid(): string {
  return `m_${randomBytes(64).toString("base64url")}`;
}

/** The trace id that Meta puts in error bodies and headers. */
export function newTraceId(): string {
  return `A${randomBytes(8).toString("base64url")}`;
}

/** An unguessable secret of the given length in bytes, written in URL-safe characters. */
export function newSecret(bytes: number): string {
  return randomBytes(bytes).toString("base64url");
}

/** A numeric id that grows with `serial`, in the length that Meta gives to objects of the kind. */
export function numericId(prefix: string, serial: number, length: number): string {
  return prefix + String(serial).padStart(length - prefix.length, "0");
}

/** The conversation id of a person's thread: stable for the person, and not their PSID. */
export function conversationId(psid: string): string {
  return `t_${BigInt(`0x${createHash("sha256").update(`conversation ${psid}`).digest("hex").slice(0, 12)}`)}`;
}

/** HMAC-SHA256 in lowercase hex. */
export function hmacHex(key: string, data: string | Uint8Array): string {
  return createHmac("sha256", key).update(data).digest("hex");
}
