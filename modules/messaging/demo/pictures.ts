import { encodePng } from "#std";

const width = 480;
const height = 360;

type Colour = readonly [number, number, number];

/** Cups, saucers and tables of the pictures that customers send. */
const looks: readonly { table: Colour; cup: Colour; coffee: Colour }[] = [
  { table: [196, 164, 132], cup: [250, 248, 244], coffee: [120, 72, 40] },
  { table: [72, 84, 92], cup: [226, 178, 140], coffee: [104, 60, 34] },
  { table: [214, 206, 196], cup: [52, 92, 96], coffee: [132, 82, 48] },
  { table: [126, 92, 70], cup: [236, 230, 220], coffee: [96, 54, 30] },
];

export const pictureCount = looks.length;

/** A cup of coffee from above, as PNG; the same for the same number. */
export function drawCup(which: number): Uint8Array {
  const look = looks[which % looks.length] ?? looks[0];
  if (!look) throw new Error("Cannot draw a cup without colours");
  const { table, cup, coffee } = look;
  const milk: Colour = [242, 222, 192];
  return encodePng({
    width,
    height,
    colorAt(x, y) {
      const from = Math.hypot(x - 240, y - 180);
      const grain = 6 * Math.sin(y / 7 + Math.sin(x / 60)) * (from > 168 ? 1 : 0);
      const [u, v] = [(x - 240) / 62, (168 - y) / 62];
      // A heart: (u² + v² − 1)³ ≤ u²v³.
      const isHeart = (u * u + v * v - 1) ** 3 <= u * u * v ** 3;
      const isHandle = Math.abs(y - 180) < 16 && x > 340 && x < 410;
      const colour =
        from < 104 ? (isHeart ? milk : coffee) : from < 122 || isHandle ? cup : from < 166 ? dim(cup) : table;
      const light = 1 - (x + y) / 4_000;
      const lit = (channel: number) => Math.max(0, Math.min(255, (channel + grain) * light));
      return [lit(colour[0]), lit(colour[1]), lit(colour[2])];
    },
  });
}

const dim = ([red, green, blue]: Colour): Colour => [red * 0.86, green * 0.86, blue * 0.86];

/** A page with a few lines of text, as PDF. Latin letters only. */
export function writePdf(lines: readonly string[]): Uint8Array {
  const text = lines.map((line) => `(${line.replaceAll(/[\\()]/g, "\\$&")}) Tj T*`).join("\n");
  const content = `BT /F1 16 Tf 24 TL 60 760 Td\n${text}\nET`;
  const objects = [
    "<< /Type /Catalog /Pages 2 0 R >>",
    "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
    "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
    `<< /Length ${content.length} >>\nstream\n${content}\nendstream`,
    "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
  ];
  let file = "%PDF-1.4\n";
  const offsets = objects.map((object, index) => {
    const at = file.length;
    file += `${index + 1} 0 obj\n${object}\nendobj\n`;
    return String(at).padStart(10, "0");
  });
  const start = file.length;
  file += `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${offsets.map((at) => `${at} 00000 n \n`).join("")}`;
  file += `trailer << /Size ${objects.length + 1} /Root 1 0 R >>\nstartxref\n${start}\n%%EOF\n`;
  return Buffer.from(file, "latin1");
}
