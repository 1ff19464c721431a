import { crc32, deflateSync } from "node:zlib";

export interface PngOptions {
  /** In pixels. */
  width: number;
  height: number;
  /** Red, green, blue and, unless the pixel is opaque, alpha: 0 to 255 each. */
  colorAt: (x: number, y: number) => readonly [number, number, number, number?];
}

/** Encodes a picture as an 8-bit RGBA PNG. */
export function encodePng({ width, height, colorAt }: PngOptions): Uint8Array {
  const line = 1 + width * 4;
  const rows = Buffer.alloc(line * height);
  for (let y = 0; y < height; y += 1)
    for (let x = 0; x < width; x += 1) {
      const [red, green, blue, alpha = 255] = colorAt(x, y);
      rows.set([red, green, blue, alpha], y * line + 1 + x * 4);
    }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 6, 0, 0, 0], 8);
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([
    signature,
    chunk("IHDR", header),
    chunk("IDAT", deflateSync(rows)),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

function chunk(type: string, data: Buffer): Buffer {
  const framed = Buffer.alloc(data.length + 12);
  framed.writeUInt32BE(data.length, 0);
  framed.write(type, 4, "latin1");
  framed.set(data, 8);
  framed.writeUInt32BE(crc32(framed.subarray(4, data.length + 8)), data.length + 8);
  return framed;
}
