/** The type of a file by its first bytes, never by its name or the server's header. */
export interface SniffedType {
  mimeType: string;
  extension: string;
  /** May be shown inside a page. Never SVG or HTML, which can run scripts. */
  isInline: boolean;
}

const unknown: SniffedType = { mimeType: "application/octet-stream", extension: "bin", isInline: false };

const ascii = (bytes: Uint8Array, from: number, to: number) =>
  Buffer.from(bytes.subarray(from, to)).toString("latin1");

export function sniffType(bytes: Uint8Array): SniffedType {
  const head = ascii(bytes, 0, 16);
  const starts = (text: string) => head.startsWith(text);
  if (starts("\u0089PNG\r\n\u001a\n")) return { mimeType: "image/png", extension: "png", isInline: true };
  if (starts("\u00ff\u00d8\u00ff")) return { mimeType: "image/jpeg", extension: "jpg", isInline: true };
  if (starts("GIF87a") || starts("GIF89a"))
    return { mimeType: "image/gif", extension: "gif", isInline: true };
  if (starts("RIFF") && ascii(bytes, 8, 12) === "WEBP") {
    return { mimeType: "image/webp", extension: "webp", isInline: true };
  }
  if (starts("RIFF") && ascii(bytes, 8, 12) === "WAVE") {
    return { mimeType: "audio/wav", extension: "wav", isInline: true };
  }
  if (ascii(bytes, 4, 8) === "ftyp") return isoMedia(bytes);
  if (starts("\u001aE\u00df\u00a3")) return { mimeType: "video/webm", extension: "webm", isInline: true };
  if (starts("OggS")) return { mimeType: "audio/ogg", extension: "ogg", isInline: true };
  if (starts("ID3") || /^\u00ff[\u00f2\u00f3\u00fa\u00fb]/.test(head)) {
    return { mimeType: "audio/mpeg", extension: "mp3", isInline: true };
  }
  if (/^\u00ff[\u00f0\u00f1\u00f8\u00f9]/.test(head))
    return { mimeType: "audio/aac", extension: "aac", isInline: true };
  if (starts("%PDF-")) return { mimeType: "application/pdf", extension: "pdf", isInline: false };
  if (starts("PK\u0003\u0004")) return { mimeType: "application/zip", extension: "zip", isInline: false };
  return unknown;
}

/** ISO base media: the brand tells video from audio and from pictures. */
function isoMedia(bytes: Uint8Array): SniffedType {
  const brand = ascii(bytes, 8, 12);
  if (brand.startsWith("M4A")) return { mimeType: "audio/mp4", extension: "m4a", isInline: true };
  if (brand === "qt  ") return { mimeType: "video/quicktime", extension: "mov", isInline: true };
  if (brand === "avif") return { mimeType: "image/avif", extension: "avif", isInline: true };
  if (brand === "heic" || brand === "mif1")
    return { mimeType: "image/heic", extension: "heic", isInline: false };
  return { mimeType: "video/mp4", extension: "mp4", isInline: true };
}
