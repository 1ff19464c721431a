const newline = 0x0a;
const utf8 = new TextDecoder("utf-8", { fatal: true });
const windows = new TextDecoder("windows-1252");

/**
 * The bytes of a file as text, a few lines at a time. A line that is no UTF-8 is read as spreadsheets of Windows write
 * it; more than `longest` bytes without an end go on as they are.
 */
export function readLines(longest: number): TransformStream<Uint8Array, string> {
  let rest = new Uint8Array();
  return new TransformStream({
    transform(piece, out) {
      const bytes = joined(rest, piece);
      const end = bytes.lastIndexOf(newline) + 1;
      const complete = end === 0 && bytes.length > longest ? bytes.length : end;
      if (complete > 0) out.enqueue(textOf(bytes.subarray(0, complete)));
      rest = bytes.slice(complete);
    },
    flush(out) {
      if (rest.length > 0) out.enqueue(textOf(rest));
    },
  });
}

function textOf(bytes: Uint8Array): string {
  return (
    readUtf8(bytes) ??
    linesOf(bytes)
      .map((line) => readUtf8(line) ?? windows.decode(line))
      .join("")
  );
}

function readUtf8(bytes: Uint8Array): string | null {
  try {
    return utf8.decode(bytes);
  } catch {
    return null;
  }
}

function linesOf(bytes: Uint8Array): Uint8Array[] {
  const lines: Uint8Array[] = [];
  for (let start = 0; start < bytes.length;) {
    const at = bytes.indexOf(newline, start);
    const end = at === -1 ? bytes.length : at + 1;
    lines.push(bytes.subarray(start, end));
    start = end;
  }
  return lines;
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array<ArrayBuffer> {
  const both = new Uint8Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}
