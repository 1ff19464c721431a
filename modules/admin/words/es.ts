import type { en } from "./en.ts";

export const es: Record<keyof typeof en, string> = {
  "test-mail.subject": "Correo de prueba de MessageSender",
  "test-mail.text": "El correo funciona: esta instalación puede enviar invitaciones y avisos.",
  "test-mail.button": "Abrir MessageSender",
  "test-mail.footer": "Recibe este correo porque pidió un correo de prueba.",
};
