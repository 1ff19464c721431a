import {
  createCipheriv,
  createDecipheriv,
  createHash,
  hkdfSync,
  randomBytes,
  timingSafeEqual,
} from "node:crypto";

const version = "v1";

/** Sealing keys: the first seals, all open, so a key can be replaced while old values are still read. */
export interface Keyring {
  keys: { id: string; key: Buffer }[];
}

/**
 * Reads `ENCRYPTION_KEY`: one or more keys of 32 bytes in hex or base64, separated by commas, newest first. A key's
 * id derives from it, so keys need no manual numbers.
 */
export function parseKeyring(text: string): Keyring {
  const keys = text.split(",").map((part) => {
    const trimmed = part.trim();
    const key = /^[0-9a-f]{64}$/i.test(trimmed)
      ? Buffer.from(trimmed, "hex")
      : Buffer.from(trimmed, "base64");
    if (key.length !== 32) {
      throw new Error(
        `Cannot use the encryption key: it has ${key.length} bytes. Make one of 32 with "openssl rand -hex 32"`,
      );
    }
    return { id: createHash("sha256").update(key).digest("hex").slice(0, 8), key };
  });
  return { keys };
}

/**
 * AES-256-GCM. `context` names the purpose of the value (for instance `page-token:<id>`) and is authenticated: a
 * sealed value copied to another row cannot be opened.
 */
export function seal(keyring: Keyring, plain: string, context: string): string {
  const [first] = keyring.keys;
  if (!first) throw new Error("Cannot seal: the keyring is empty");
  const iv = randomBytes(12);
  const cipher = createCipheriv("aes-256-gcm", first.key, iv).setAAD(Buffer.from(context));
  const sealed = Buffer.concat([cipher.update(plain, "utf8"), cipher.final(), cipher.getAuthTag()]);
  return [version, first.id, iv.toString("base64url"), sealed.toString("base64url")].join(".");
}

/** Opens a value of `seal` with the same context. Throws if the key is missing or the value was changed. */
export function unseal(keyring: Keyring, sealed: string, context: string): string {
  const [found, keyId, iv, body] = sealed.split(".");
  if (found !== version || !keyId || !iv || !body)
    throw new Error("Cannot unseal: this is not a sealed value");
  const entry = keyring.keys.find((key) => key.id === keyId);
  if (!entry)
    throw new Error(
      `Cannot unseal: key ${keyId} is not in ENCRYPTION_KEY. Add the key that sealed the value`,
    );
  const bytes = Buffer.from(body, "base64url");
  const decipher = createDecipheriv("aes-256-gcm", entry.key, Buffer.from(iv, "base64url"), {
    authTagLength: 16,
  })
    .setAAD(Buffer.from(context))
    .setAuthTag(bytes.subarray(-16));
  return Buffer.concat([decipher.update(bytes.subarray(0, -16)), decipher.final()]).toString("utf8");
}

export function sha256Hex(data: string | Uint8Array): string {
  return createHash("sha256").update(data).digest("hex");
}

/** Compares in a time that does not depend on the position of a difference. */
export function constantTimeEqual(a: string, b: string): boolean {
  const left = Buffer.from(a);
  const right = Buffer.from(b);
  return left.length === right.length && timingSafeEqual(left, right);
}

/** An unguessable secret: `bytes` random bytes in base64url. */
export function randomToken(bytes = 32): string {
  return randomBytes(bytes).toString("base64url");
}

/** Derives a key for one purpose from a master secret. */
export function deriveKey(secret: string, purpose: string): Buffer {
  return Buffer.from(hkdfSync("sha256", secret, "messagesender", purpose, 32));
}
