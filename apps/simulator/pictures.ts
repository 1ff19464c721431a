import { encodePng } from "#std";
import { signedUrl } from "./attachments.ts";
import type { Sim } from "./sim.ts";

/** A sticker's picture on the CDN. */
export function stickerUrl(sim: Sim, id: string): string {
  return signedUrl(sim, `/_cdn/sticker/${id}.png`);
}

/** A person's or page's picture on the CDN; it expires as Meta's do. */
export function portraitUrl(sim: Sim, id: string): string {
  return signedUrl(sim, `/_cdn/portrait/${id}.png`);
}

type Color = [red: number, green: number, blue: number, alpha?: number];

/** Draws a head and shoulders on a ground whose colour comes from the id. */
export function drawPortrait(id: string): Uint8Array {
  const ground = colorOf(id, 0.45, 0.55);
  const figure = colorOf(id, 0.35, 0.86);
  return encodeSquare(160, (x, y) => {
    const isHead = Math.hypot(x - 80, y - 62) < 32;
    const isBody = Math.hypot((x - 80) / 1.15, y - 158) < 52;
    return isHead || isBody ? figure : ground;
  });
}

/** Draws a sticker: a round face in the colour of its id. */
export function drawSticker(id: string): Uint8Array {
  const face = colorOf(id, 0.85, 0.6);
  const line: Color = [40, 40, 48];
  const paper: Color = [255, 255, 255, 0];
  return encodeSquare(120, (x, y) => {
    const distance = Math.hypot(x - 60, y - 60);
    if (distance > 54) return paper;
    const isEye = Math.hypot(x - 42, y - 48) < 6 || Math.hypot(x - 78, y - 48) < 6;
    const isMouth = y > 66 && Math.abs(Math.hypot(x - 60, y - 60) - 30) < 3;
    return isEye || isMouth ? line : face;
  });
}

function colorOf(id: string, saturation: number, lightness: number): Color {
  let hash = 7;
  for (const unit of id) hash = (hash * 31 + unit.charCodeAt(0)) % 360;
  const spread = saturation * Math.min(lightness, 1 - lightness);
  const channel = (offset: number) => {
    const turn = (offset + hash / 30) % 12;
    return Math.round(255 * (lightness - spread * Math.max(-1, Math.min(turn - 3, 9 - turn, 1))));
  };
  return [channel(0), channel(8), channel(4)];
}

function encodeSquare(size: number, colorAt: (x: number, y: number) => Color): Uint8Array {
  return encodePng({ width: size, height: size, colorAt });
}
