import type { en } from "./en.ts";

export const ar: typeof en = {
  "mail.subject": "الإشعارات: {count}",
  "mail.further": "إشعارات أخرى: {count}",
  "mail.button": "فتح في MessageSender",
  "mail.footer": "تصلك هذه الرسالة لأنك فعّلت الإشعارات بالبريد الإلكتروني في MessageSender.",
  "mail.end": "إيقاف هذه الرسائل",
  "by.someone": "أحد الأعضاء",
  assigned: "تم تعيين المحادثة مع {name} إليك",
  "assigned.by": "عيّن {by} المحادثة مع {name} إليك",
  "assigned.many": "المحادثات التي تم تعيينها إليك: {count}",
  mention: "أشار إليك {by} في ملاحظة عن {name}",
  "campaign-soon": "تبدأ «{name}» قريبًا",
  "campaign-paused": "تم إيقاف «{name}» مؤقتًا تلقائيًا",
  "campaign-finished": "اكتملت «{name}»",
  "approval-asked": "يطلب {by} موافقتك على «{name}»",
  "approval-given": "وافق {by} على «{name}»",
  "approval-refused": "أُعيدت «{name}» لإجراء تعديلات",
  "approval-overdue": "تنتظر «{name}» الموافقة وكان يجب أن تبدأ قبل الآن",
  "page-trouble": "الصفحة «{name}» تحتاج إلى اهتمامك",
  "page-mended": "الصفحة «{name}» تعمل من جديد",
};
