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
  "reset.subject": "Establezca una contraseña nueva",
  "reset.text":
    "Alguien pidió una contraseña nueva para {email} en MessageSender.\nEl enlace funciona una sola vez y durante una hora.",
  "reset.button": "Establecer una contraseña nueva",
  "reset.footer": "Si no fue usted, ignore este correo: su contraseña no cambia.",
  "password-changed.subject": "Se cambió su contraseña",
  "password-changed.text":
    "Se cambió la contraseña de su cuenta {email} en MessageSender y se cerraron las demás sesiones.\nSi no fue usted, pida ahora una contraseña nueva y avise a un propietario de esta instalación.",
  "password-changed.button": "No fui yo: pedir una contraseña nueva",
  "password-changed.footer": "Recibe este correo porque se cambió la contraseña de su cuenta.",
  "address.subject": "Confirme su nueva dirección",
  "address.text":
    "Pidió usar {other} para su cuenta en MessageSender en lugar de {email}.\nEl enlace funciona una sola vez y durante una hora.",
  "address.button": "Confirmar la dirección",
  "address.footer":
    "Recibe este correo porque alguien con una cuenta en MessageSender introdujo su dirección. Si no fue usted, ignórelo: sin el enlace no cambia nada.",
  "undo.subject": "Se cambió la dirección de su cuenta",
  "undo.text":
    "Su cuenta en MessageSender tiene ahora la dirección {other} en lugar de {email}.\nSi no fue usted, recupere su cuenta: el enlace funciona durante siete días, restablece esta dirección y establece una contraseña nueva.",
  "undo.button": "No fui yo: recuperar mi cuenta",
  "undo.footer": "Recibe este correo porque esta era la dirección de su cuenta.",
  "factor-reset.subject": "Se eliminó el segundo factor de su cuenta",
  "factor-reset.text":
    "Un propietario de su instalación de MessageSender, o su administrador en el servidor, quitó la aplicación de autenticación, las llaves de acceso y los códigos de recuperación de su cuenta. Se cerraron todas sus sesiones.\nInicie sesión con su contraseña y configure de nuevo un segundo factor en Mi cuenta.",
  "factor-reset.button": "Iniciar sesión",
  "factor-reset.footer": "Si no lo solicitó, avise a un propietario de su instalación.",
};
