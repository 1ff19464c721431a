import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

const css = readFileSync(new URL("../../app.css", import.meta.url), "utf8");

type Rgb = [number, number, number];
type Matrix = [Rgb, Rgb, Rgb];

const times = (matrix: Matrix, [a, b, c]: Rgb): Rgb => {
  const row = ([x, y, z]: Rgb) => x * a + y * b + z * c;
  return [row(matrix[0]), row(matrix[1]), row(matrix[2])];
};
const each = ([a, b, c]: Rgb, of: (part: number) => number): Rgb => [of(a), of(b), of(c)];

/** Linear sRGB of an OKLCH color (Björn Ottosson's matrices), clipped to the gamut of a screen. */
function linear(lightness: number, chroma: number, hue: number): Rgb {
  const angle = (hue * Math.PI) / 180;
  const lab: Rgb = [lightness, chroma * Math.cos(angle), chroma * Math.sin(angle)];
  const cones = times(
    [
      [1, 0.3963377774, 0.2158037573],
      [1, -0.1055613458, -0.0638541728],
      [1, -0.0894841775, -1.291485548],
    ],
    lab,
  );
  const rgb = times(
    [
      [4.0767416621, -3.3077115913, 0.2309699292],
      [-1.2684380046, 2.6097574011, -0.3413193965],
      [-0.0041960863, -0.7034186147, 1.707614701],
    ],
    each(cones, (part) => part ** 3),
  );
  return each(rgb, (part) => Math.min(1, Math.max(0, part)));
}

function oklab(rgb: Rgb): Rgb {
  const cones = times(
    [
      [0.4122214708, 0.5363325363, 0.0514459929],
      [0.2119034982, 0.6806995451, 0.1073969566],
      [0.0883024619, 0.2817188376, 0.6299787005],
    ],
    rgb,
  );
  return times(
    [
      [0.2104542553, 0.793617785, -0.0040720468],
      [1.9779984951, -2.428592205, 0.4505937099],
      [0.0259040371, 0.7827717662, -0.808675766],
    ],
    each(cones, Math.cbrt),
  );
}

/** How color-blind people see (Machado, Oliveira and Fernandes 2009, at full severity). */
const sights: Record<string, Matrix> = {
  usual: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  protan: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deutan: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  tritan: [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
};

const luminance = ([red, green, blue]: Rgb): number => 0.2126 * red + 0.7152 * green + 0.0722 * blue;
function contrast(one: Rgb, other: Rgb): number {
  const [low = 0, high = 0] = [luminance(one), luminance(other)].toSorted((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
}

/** The color of a variable within the rule that begins so. */
function colour(rule: string, name: string): Rgb {
  const from = css.indexOf(rule);
  const found = new RegExp(
    `--${name}: oklch\\(([0-9.]+) ([0-9.]+) ([0-9.]+)\\)|--${name}: oklch\\(1 0 0\\)`,
  ).exec(css.slice(from, css.indexOf("}", from)));
  if (!found) throw new Error(`No ${name} in ${rule}`);
  return linear(Number(found[1] ?? 1), Number(found[2] ?? 0), Number(found[3] ?? 0));
}

const names = [1, 2, 3, 4, 5].map((n) => `chart-${n}`);

test.each([":root {", ".dark {"])(
  "chart colors of %s stand out from a surface and from each other, for color-blind people too",
  (rule) => {
    const surface = colour(rule, "surface");
    const colours = names.map((name) => ({ name, rgb: colour(rule, name) }));

    for (const { name, rgb } of colours)
      expect(contrast(rgb, surface), `${name} on a surface`).toBeGreaterThanOrEqual(3);
    for (const [sight, matrix] of Object.entries(sights))
      for (const [at, one] of colours.entries())
        for (const other of colours.slice(at + 1)) {
          const [a, b] = [one, other].map(({ rgb }) =>
            oklab(each(times(matrix, rgb), (part) => Math.min(1, Math.max(0, part)))),
          );
          const distance = Math.hypot(...[0, 1, 2].map((n) => (a?.[n] ?? 0) - (b?.[n] ?? 0)));
          expect(distance, `${one.name} and ${other.name}, ${sight}`).toBeGreaterThan(0.14);
        }
  },
);
