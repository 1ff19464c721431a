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
};
