import type { en } from "./en.ts";

/** In Spanish for all regions: impersonal, and formal where it addresses the reader. */
export const es: Record<keyof typeof en, string> = {
  "privacy.title": "Privacidad",
  "privacy.about":
    "{operator} utiliza esta bandeja de entrada para responder los mensajes que reciben sus páginas de Facebook. Funciona en su propio servidor.",
  "privacy.operator-of": "El operador de {host}",
  "privacy.writing": "Al escribir a una página",
  "privacy.writing.kept":
    "Se guardan el número con el que Facebook identifica a la persona ante esta página; su nombre y su foto, si Facebook los proporciona; los mensajes intercambiados con la página, con sus archivos y reacciones, y cuándo se entregaron y leyeron; los comentarios en las publicaciones de la página; cómo se llegó a la conversación, y las notas del equipo. Si la persona se suscribió o se dio de baja, también se guarda, con la hora.",
  "privacy.writing.use":
    "Estos datos sirven para responder y para enviar lo que la persona pidió y lo que permiten las reglas de Facebook. Solo los ven quienes trabajan para la página. No se venden ni se entregan a nadie más. Los mensajes pasan por Facebook.",
  "privacy.writing.stop": "Para no recibir más mensajes automáticos, escriba <b>STOP</b> a la página.",
  "privacy.login": "Al iniciar sesión con Facebook para conectar páginas",
  "privacy.login.kept":
    "Se guardan el número de Facebook para esta aplicación, las páginas elegidas y sus claves de acceso, cifradas. Para eliminar las claves, elimine la aplicación en la configuración de Facebook.",
  "privacy.deletion": "Eliminación",
  "privacy.deletion.ask": "Para eliminar todos sus datos, solicítelo a la página en Messenger.",
  "privacy.deletion.ask-email":
    "Para eliminar todos sus datos, solicítelo a la página en Messenger o escriba a {email}.",
  "privacy.deletion.when":
    "Se eliminan de inmediato. Las copias de lo que entregó Facebook se eliminan después de 30 días.",
  "privacy.deletion.backups":
    "Las copias de seguridad cifradas se eliminan, a más tardar, después de {time}.",
  "privacy.deletion.list":
    "Si la persona se dio de baja, solo su número permanece en una lista, para que nadie le escriba.",
  "privacy.deletion.otherwise":
    "En los demás casos, las conversaciones se guardan hasta que la página las elimina.",
  "privacy.cookies": "Cookies",
  "privacy.cookies.kept":
    "Las cookies solo mantienen iniciada la sesión del equipo. Los enlaces de los mensajes cuentan cuántas veces se abren.",
  "deletion.missing": "Eliminación no encontrada",
  "deletion.missing.why": "Ninguna eliminación tiene este código. Compruebe que la dirección esté completa.",
  "deletion.done": "Los datos se eliminaron",
  "deletion.done.what":
    "El {date} se eliminaron el inicio de sesión con Facebook, su número y sus claves de acceso. Páginas conectadas con este inicio de sesión que ya no se pueden usar aquí: {pages}.",
};
