import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from "node:crypto";
import type { Keyring } from "./crypto.ts";
import { defineProblems, type Problem } from "./problem.ts";

const magic = Buffer.from("MSB1");
const idBytes = 8;
const saltBytes = 32;
const headBytes = magic.length + idBytes + saltBytes;
const tagBytes = 16;
const pieceBytes = 1024 * 1024;

const problem = defineProblems({
  "backup-foreign": [
    422,
    "Cannot open the backup: this file is not a backup of MessageSender",
    "Choose another file",
  ],
  "backup-wrong-key": [
    422,
    "Cannot open the backup: it was encrypted with another key ({id})",
    "Set BACKUP_KEY to the key that was in use then",
  ],
  "backup-damaged": [422, "Cannot open the backup: its bytes were changed", "Use another backup"],
  "backup-cut-off": [422, "Cannot open the backup: its end is missing", "Use another backup"],
});

type Bytes = AsyncIterable<Uint8Array>;

/**
 * Encrypts a stream in pieces of 1 MB with AES-256-GCM and a key of this stream alone. A piece's nonce is its number,
 * and the last piece is marked: changed, moved, missing or truncated pieces cannot be opened. Layout: "MSB1", key id,
 * salt; then per piece its length (4 bytes) and its bytes with the tag.
 */
export async function* sealStream(keyring: Keyring, plain: Bytes): AsyncGenerator<Uint8Array> {
  const [first] = keyring.keys;
  if (!first) throw new Error("Cannot encrypt: there is no key");
  const salt = randomBytes(saltBytes);
  const head = Buffer.concat([magic, Buffer.from(first.id), salt]);
  const key = streamKey(first.key, salt);
  yield head;
  let waiting: Uint8Array[] = [];
  let bytes = 0;
  let number = 0;
  for await (const part of plain) {
    waiting.push(part);
    bytes += part.length;
    // More than one piece, so the last one is never empty by chance.
    if (bytes <= pieceBytes) continue;
    const all = Buffer.concat(waiting);
    let at = 0;
    for (; all.length - at > pieceBytes; at += pieceBytes)
      yield sealPiece(key, head, number++, false, all.subarray(at, at + pieceBytes));
    waiting = [all.subarray(at)];
    bytes = all.length - at;
  }
  yield sealPiece(key, head, number, true, Buffer.concat(waiting));
}

/**
 * Opens what `sealStream` made, piece by piece: nothing is handed on that was not proven.
 * Throws `backup-foreign`, `backup-wrong-key`, `backup-damaged` (changed bytes) or `backup-cut-off` (the end is missing).
 */
export async function* unsealStream(keyring: Keyring, sealed: Bytes): AsyncGenerator<Uint8Array> {
  const reader = readerOf(sealed);
  const head = await reader.take(headBytes);
  if (!head || !head.subarray(0, magic.length).equals(magic)) throw problem("backup-foreign");
  const id = head.subarray(magic.length, magic.length + idBytes).toString("latin1");
  const entry = keyring.keys.find((key) => key.id === id);
  if (!entry) throw problem("backup-wrong-key", { id });
  const key = streamKey(entry.key, head.subarray(magic.length + idBytes));
  for (let number = 0; ; number += 1) {
    const length = (await reader.take(4))?.readUInt32BE();
    const piece = length === undefined || length > pieceBytes + tagBytes ? null : await reader.take(length);
    if (!piece) throw cutOff(length !== undefined && length > pieceBytes + tagBytes);
    const isLast = await reader.isAtEnd();
    const plain = openPiece(key, head, number, isLast, piece);
    if (plain) yield plain;
    // A whole piece that is not the last one, with nothing after it.
    else throw cutOff(!isLast || openPiece(key, head, number, false, piece) === null);
    if (isLast) return;
  }
}

function cutOff(isDamaged: boolean): Problem {
  return problem(isDamaged ? "backup-damaged" : "backup-cut-off");
}

function streamKey(key: Buffer, salt: Uint8Array): Buffer {
  return Buffer.from(hkdfSync("sha256", key, salt, "messagesender stream", 32));
}

function nonceOf(number: number, isLast: boolean): Buffer {
  const nonce = Buffer.alloc(12);
  nonce[0] = isLast ? 1 : 0;
  nonce.writeBigUInt64BE(BigInt(number), 4);
  return nonce;
}

function sealPiece(key: Buffer, head: Buffer, number: number, isLast: boolean, plain: Uint8Array): Buffer {
  const cipher = createCipheriv("aes-256-gcm", key, nonceOf(number, isLast)).setAAD(head);
  const body = Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(body.length);
  return Buffer.concat([length, body]);
}

function openPiece(key: Buffer, head: Buffer, number: number, isLast: boolean, piece: Buffer): Buffer | null {
  if (piece.length < tagBytes) return null;
  const decipher = createDecipheriv("aes-256-gcm", key, nonceOf(number, isLast), { authTagLength: tagBytes })
    .setAAD(head)
    .setAuthTag(piece.subarray(-tagBytes));
  const plain = decipher.update(piece.subarray(0, -tagBytes));
  try {
    return Buffer.concat([plain, decipher.final()]);
  } catch {
    return null;
  }
}

interface Reader {
  /** Exactly so many bytes; null when there are fewer. */
  take(bytes: number): Promise<Buffer | null>;
  isAtEnd(): Promise<boolean>;
}

/** Reads exact numbers of bytes from a stream with pieces of any size. */
function readerOf(stream: Bytes): Reader {
  const parts = stream[Symbol.asyncIterator]();
  let buffered = Buffer.alloc(0);

  async function fill(bytes: number): Promise<boolean> {
    const read = [buffered];
    let length = buffered.length;
    while (length < bytes) {
      const next = await parts.next();
      if (next.done) break;
      read.push(Buffer.from(next.value));
      length += next.value.length;
    }
    if (read.length > 1) buffered = Buffer.concat(read);
    return length >= bytes;
  }

  return {
    async take(bytes) {
      if (!(await fill(bytes))) return null;
      const taken = buffered.subarray(0, bytes);
      buffered = buffered.subarray(bytes);
      return taken;
    },
    isAtEnd: async () => !(await fill(1)),
  };
}
