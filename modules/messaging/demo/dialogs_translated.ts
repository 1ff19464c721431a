import type { Dialog } from "./dialogs.ts";

/** Texts in other languages, by the first letters of the locale. Other contacts write English. */
export const translated: Readonly<Record<string, readonly Dialog[]>> = {
  de: [
    {
      weight: 3,
      tag: "Customer",
      lines: [
        "< Hallo, wann kommt denn meine Bestellung {order}?",
        "> Hallo {name}, sie ist seit heute früh unterwegs und sollte übermorgen da sein.",
        "< Super, danke!",
      ],
    },
    {
      weight: 2,
      tag: "Customer",
      lines: [
        "< Welche Bohnen empfehlt ihr für den Vollautomaten?",
        "> {beans}, mittel geröstet und nicht ölig. Die Mühle dankt es dir.",
        "< Bestellt 👍",
      ],
    },
    {
      weight: 1,
      tag: "Complaint",
      lines: [
        "< [photo] Die Tüte kam leider offen an",
        "> Das tut uns leid! Wir schicken heute eine neue los, die alte kannst du behalten.",
        "< Sehr nett, vielen Dank",
      ],
    },
  ],
  es: [
    {
      weight: 3,
      tag: "Customer",
      lines: [
        "< Hola, ¿hacéis envíos a España?",
        "> ¡Hola {name}! Sí, tarda unos cinco días y cuesta 8,50.",
        "< Genial, hago el pedido hoy",
      ],
    },
    {
      weight: 2,
      lines: [
        "< ¿Qué café va mejor para cafetera italiana?",
        "> {beans}: chocolate y poca acidez. Molienda fina, sin apretar.",
        "< Gracias por el consejo",
      ],
    },
    {
      weight: 1,
      tag: "Subscriber",
      lines: [
        "< ¿Puedo pausar la suscripción en agosto?",
        "> Claro, queda en pausa hasta septiembre.",
        "< Perfecto",
      ],
    },
  ],
  fr: [
    {
      weight: 3,
      tag: "Customer",
      lines: [
        "< Bonjour, ma commande {order} est-elle partie ?",
        "> Bonjour {name}, elle est partie ce matin. Comptez trois jours.",
        "< Merci beaucoup",
      ],
    },
    {
      weight: 2,
      tag: "Gift",
      lines: [
        "< Vous faites des coffrets cadeaux ?",
        "> Oui : trois cafés et une tasse, 34,00. On peut y glisser une carte.",
        "< Parfait pour ma mère !",
      ],
    },
  ],
  it: [
    {
      weight: 2,
      tag: "Customer",
      lines: [
        "< Ciao! Da italiano vi dico: il vostro espresso è serio",
        "> Detto da te, {name}, lo incorniciamo.",
        "< 😂 mandatemi due chili di {beans}",
      ],
    },
    {
      weight: 1,
      lines: ["< Spedite in Italia?", "> Sì, quattro o cinque giorni, 8,50.", "< Ottimo, grazie"],
    },
  ],
  pt: [
    {
      weight: 2,
      tag: "Customer",
      lines: [
        "< Olá, o {beans} ainda está disponível?",
        "> Olá {name}! Sim, torrámos ontem.",
        "< Boa, vou encomendar",
      ],
    },
    {
      weight: 1,
      lines: ["< Enviam para Portugal?", "> Enviamos, em cinco dias e por 8,50.", "< Obrigado!"],
    },
  ],
  ar: [
    {
      weight: 2,
      tag: "Customer",
      lines: ["< مرحبا، هل توصلون إلى دبي؟", "> أهلا {name}، نعم، خلال أسبوع تقريبا.", "< ممتاز، شكرا لكم"],
    },
    {
      weight: 1,
      lines: ["< أي قهوة تنصحون بها للقهوة العربية؟", "> جرّب {beans}، تحميص خفيف.", "< شكرا"],
    },
  ],
};
