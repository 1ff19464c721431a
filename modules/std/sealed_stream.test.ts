import { randomBytes } from "node:crypto";
import { expect, test } from "vitest";
import { parseKeyring } from "./crypto.ts";
import { sealStream, unsealStream } from "./sealed_stream.ts";

const keyring = parseKeyring("0123456789abcdef".repeat(4));
const mib = 1024 * 1024;

async function* pieces(bytes: Uint8Array, size = 100_000): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function all(stream: AsyncIterable<Uint8Array>): Promise<Buffer> {
  return Buffer.concat(await Array.fromAsync(stream));
}

const open = (sealed: Uint8Array, keys = keyring) => all(unsealStream(keys, pieces(sealed, 77_777)));

test.each([0, 1, mib - 1, mib, mib + 1, 3 * mib])(
  "unsealStream() returns the input of sealStream(): %i bytes",
  async (size) => {
    const plain = randomBytes(size);

    const sealed = await all(sealStream(keyring, pieces(plain)));

    expect((await open(sealed)).equals(plain)).toBe(true);
    // A single byte is among the sealed ones by chance.
    if (size >= 64) expect(sealed.includes(plain.subarray(0, 64))).toBe(false);
  },
);

test("unsealStream() reports a wrong key, and opens with an old one of several keys", async () => {
  const sealed = await all(sealStream(keyring, pieces(randomBytes(1000))));
  const other = "fedcba9876543210".repeat(4);

  await expect(open(sealed, parseKeyring(other))).rejects.toMatchObject({ code: "backup-wrong-key" });
  await expect(open(sealed, parseKeyring(`${other},${"0123456789abcdef".repeat(4)}`))).resolves.toHaveLength(
    1000,
  );
});

test("unsealStream() refuses a stream truncated anywhere", async () => {
  const sealed = await all(sealStream(keyring, pieces(randomBytes(2 * mib + 10))));
  const piece = 4 + mib + 16;

  for (const length of [44, 45, 44 + piece - 1, 44 + piece, 44 + 2 * piece, sealed.length - 1])
    await expect(open(sealed.subarray(0, length)), String(length)).rejects.toMatchObject({
      code: "backup-cut-off",
    });
});

test("unsealStream() refuses changed bytes, swapped pieces, and files that are not backups", async () => {
  const sealed = await all(sealStream(keyring, pieces(randomBytes(2 * mib + 10))));
  const piece = 4 + mib + 16;
  const changed = Buffer.from(sealed);
  changed[44 + 500] = (changed[44 + 500] ?? 0) ^ 1;
  const [first, second, rest] = [
    sealed.subarray(44, 44 + piece),
    sealed.subarray(44 + piece, 44 + 2 * piece),
    sealed.subarray(44 + 2 * piece),
  ];
  const swapped = Buffer.concat([sealed.subarray(0, 44), second, first, rest]);

  await expect(open(randomBytes(5_000))).rejects.toMatchObject({ code: "backup-foreign" });
  for (const wrong of [changed, swapped])
    await expect(open(wrong)).rejects.toMatchObject({ code: "backup-damaged" });
});
