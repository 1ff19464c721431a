/**
 * Keywords that end or renew consent as the whole text of a message. Few on purpose: common words ("end", "no",
 * "cancel") would opt out people who did not ask for it.
 */
const stop = [
  // English
  "stop",
  "stop all",
  "stopall",
  "unsubscribe",
  "opt out",
  "optout",
  // German
  "stopp",
  "abmelden",
  "abbestellen",
  // French
  "arret",
  "arreter",
  "desabonner",
  "desinscrire",
  // Spanish and Portuguese
  "parar",
  "baja",
  "dar de baja",
  "darme de baja",
  "cancelar suscripcion",
  "cancelar inscricao",
  "sair",
  // Italian
  "disiscrivimi",
  "cancellami",
  // Dutch, Swedish, Danish, Norwegian
  "afmelden",
  "uitschrijven",
  "avregistrera",
  "afmeld",
  "avmeld",
  // Polish, Czech
  "wypisz",
  "odhlasit",
  // Turkish
  "dur",
  // Vietnamese, Indonesian, Filipino
  "huy dang ky",
  "berhenti",
  "itigil",
  // Russian, Ukrainian
  "стоп",
  "отписаться",
  "вiдписатися",
  "відписатися",
  // Greek, Hungarian, Romanian, Finnish
  "στοπ",
  "διαγραφή",
  "leiratkozás",
  "leiratkozom",
  "dezabonare",
  "lopeta",
  // Arabic, Hebrew
  "توقف",
  "أوقف",
  "إيقاف",
  "إلغاء الاشتراك",
  "הסר",
  "עצור",
  // Hindi, Thai
  "रोकें",
  "หยุด",
  // Chinese, Japanese, Korean
  "停止",
  "退订",
  "退訂",
  "取消订阅",
  "取消訂閱",
  "配信停止",
  "수신거부",
];

const start = [
  "start",
  "unstop",
  "subscribe",
  "resume",
  "abonnieren",
  "anmelden",
  "abonner",
  "iniciar",
  "suscribir",
  "suscribirme",
  "inscrever",
  "iscrivimi",
  "aanmelden",
  "zapisz",
  "basla",
  "dang ky",
  "mulai",
  "старт",
  "подписаться",
  "підписатися",
  "feliratkozás",
  "abonare",
  "aloita",
  "ابدأ",
  "اشترك",
  "הרשמה",
  "शुरू",
  "เริ่ม",
  "订阅",
  "訂閱",
  "購読",
  "수신동의",
];

/** Lower case, without accents, signs and double spaces, as people type in a hurry. */
function bare(text: string): string {
  return text
    .normalize("NFD")
    .replace(/\p{M}+/gu, "")
    .toLowerCase()
    .replaceAll("đ", "d")
    .replaceAll("ı", "i")
    .replace(/[^\p{L}\p{N}]+/gu, " ")
    .trim();
}

const stopWords = new Set(stop.map(bare));
const startWords = new Set(start.map(bare));
const longest = 30;

/** Words of a workspace beside the built-in ones. */
export interface OwnWords {
  stop: ReadonlySet<string>;
  start: ReadonlySet<string>;
}

/** Makes a workspace's words comparable; a word without letters and digits is ignored. */
export function ownWordsOf(words: { stopWords: readonly string[]; startWords: readonly string[] }): OwnWords {
  const set = (list: readonly string[]) => new Set(list.map(bare).filter((word) => word !== ""));
  return { stop: set(words.stopWords), start: set(words.startWords) };
}

/** Whether the whole text asks to stop, or to go on; null for everything else. To stop counts more. */
export function consentWord(text: string, own?: OwnWords): "stop" | "start" | null {
  if (text.length > longest) return null;
  const word = bare(text);
  if (stopWords.has(word) || own?.stop.has(word) === true) return "stop";
  return startWords.has(word) || own?.start.has(word) === true ? "start" : null;
}
