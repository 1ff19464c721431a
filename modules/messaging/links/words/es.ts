import type { en } from "./en.ts";

export const es: Record<keyof typeof en, string> = {
  "link.missing": "Enlace no encontrado",
  "link.missing.why":
    "Este enlace está incompleto o su mensaje se eliminó. Compruebe que la dirección esté completa.",
};
