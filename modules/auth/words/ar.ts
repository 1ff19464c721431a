import type { en } from "./en.ts";

export const ar: Record<keyof typeof en, string> = {
  "invitation.subject": "دعوة من {inviter} إلى {place}",
  "invitation.text": "وصلتك دعوة من {inviter} للعمل معًا في MessageSender.",
  "invitation.place": "مساحة العمل {workspace}، الدور: {role}",
  "invitation.owner": "ستصبح من مالكي هذا التثبيت.",
  "invitation.until": "يعمل الرابط مرة واحدة ولمدة 7 أيام.",
  "invitation.button": "قبول الدعوة",
  "invitation.footer":
    "وصلتك هذه الرسالة لأن {inviter} أدخل عنوانك. إن كنت لا تعرف هذا الشخص فتجاهلها: لا يحدث شيء دون الرابط.",
  "role.manager": "مدير",
  "role.operator": "مشغّل",
  "role.viewer": "مُطّلع",
  "reset.subject": "تعيين كلمة مرور جديدة",
  "reset.text": "طُلبت كلمة مرور جديدة للحساب {email} في MessageSender.\nيعمل الرابط مرة واحدة ولمدة ساعة.",
  "reset.button": "تعيين كلمة مرور جديدة",
  "reset.footer": "إن لم يكن الطلب منك فتجاهل هذه الرسالة: تبقى كلمة مرورك كما هي.",
  "password-changed.subject": "تم تغيير كلمة مرورك",
  "password-changed.text":
    "تم تغيير كلمة مرور حسابك {email} في MessageSender وانتهت الجلسات الأخرى.\nإن لم يكن التغيير منك فاطلب كلمة مرور جديدة الآن وأبلغ أحد مالكي هذا التثبيت.",
  "password-changed.button": "لست أنا: طلب كلمة مرور جديدة",
  "password-changed.footer": "وصلتك هذه الرسالة لأن كلمة مرور حسابك تغيّرت.",
  "address.subject": "تأكيد عنوانك الجديد",
  "address.text":
    "طُلب استخدام {other} لحسابك في MessageSender بدلًا من {email}.\nيعمل الرابط مرة واحدة ولمدة ساعة.",
  "address.button": "تأكيد العنوان",
  "address.footer":
    "وصلتك هذه الرسالة لأن شخصًا لديه حساب في MessageSender أدخل عنوانك. إن لم يكن ذلك منك فتجاهلها: لا يتغير شيء دون الرابط.",
  "undo.subject": "تم تغيير عنوان حسابك",
  "undo.text":
    "أصبح عنوان حسابك في MessageSender ‏{other} بدلًا من {email}.\nإن لم يكن التغيير منك فاسترجع حسابك: يعمل الرابط سبعة أيام، ويعيد هذا العنوان ويعيّن كلمة مرور جديدة.",
  "undo.button": "لست أنا: استرجاع حسابي",
  "undo.footer": "وصلتك هذه الرسالة لأن هذا كان عنوان حسابك.",
  "factor-reset.subject": "تمت إزالة العامل الثاني من حسابك",
  "factor-reset.text":
    "أزال أحد مالكي تثبيت MessageSender أو مسؤول الخادم تطبيق المصادقة ومفاتيح المرور ورموز الاسترداد من حسابك. تم تسجيل خروجك من كل الأجهزة.\nسجّل الدخول بكلمة المرور، ثم أعدّ عاملًا ثانيًا من جديد في «حسابي».",
  "factor-reset.button": "تسجيل الدخول",
  "factor-reset.footer": "إذا لم تطلب ذلك، فأبلغ أحد مالكي هذا التثبيت.",
};
