import type { en } from "./en.ts";

export const es: Record<keyof typeof en, string> = {
  "invitation.subject": "{inviter} le invita a {place}",
  "invitation.text": "{inviter} le invita a trabajar en equipo en MessageSender.",
  "invitation.place": "Espacio de trabajo {workspace}, rol: {role}",
  "invitation.owner": "Será propietario de esta instalación.",
  "invitation.until": "El enlace funciona una sola vez y durante 7 días.",
  "invitation.button": "Aceptar la invitación",
  "invitation.footer":
    "Recibe este correo porque {inviter} introdujo su dirección. Si no conoce a esta persona, ignórelo: sin el enlace no ocurre nada.",
  "role.manager": "gestor",
  "role.operator": "operador",
  "role.viewer": "lector",
};
