import { pipeline, Readable } from "node:stream";
import { createZstdDecompress } from "node:zlib";
import { type Keyring, unsealStream } from "#std";

/** The dump inside of a backup: decrypted, proven and unpacked while it is read. */
export function unpackBackup(keyring: Keyring, sealed: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  // Without the callback, an error of the source does not reach the consumer.
  return pipeline(Readable.from(unsealStream(keyring, sealed)), createZstdDecompress(), () => undefined);
}
