import type { en } from "./en.ts";

export const es: typeof en = {
  "mail.subject": "Notificaciones: {count}",
  "mail.further": "Otras notificaciones: {count}",
  "mail.button": "Abrir en MessageSender",
  "mail.footer": "Recibe este correo porque activó las notificaciones por correo en MessageSender.",
  "mail.end": "No recibir más estos correos",
  "by.someone": "Alguien",
  assigned: "Se le asignó la conversación con {name}",
  "assigned.by": "{by} le asignó la conversación con {name}",
  "assigned.many": "Conversaciones que se le asignaron: {count}",
  mention: "{by} le mencionó en una nota sobre {name}",
  "campaign-soon": "«{name}» empieza pronto",
  "campaign-paused": "«{name}» se pausó automáticamente",
  "campaign-finished": "«{name}» se completó",
  "approval-asked": "{by} solicita su aprobación de «{name}»",
  "approval-given": "{by} aprobó «{name}»",
  "approval-refused": "«{name}» se devolvió para hacer cambios",
  "approval-overdue": "«{name}» está pendiente de aprobación y ya debería haber empezado",
  "page-trouble": "La página «{name}» requiere atención",
  "page-mended": "La página «{name}» vuelve a funcionar",
};
