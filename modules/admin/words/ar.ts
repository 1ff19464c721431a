import type { en } from "./en.ts";

export const ar: Record<keyof typeof en, string> = {
  "test-mail.subject": "رسالة تجريبية من MessageSender",
  "test-mail.text": "البريد يعمل: يمكن لهذا التثبيت إرسال الدعوات والإشعارات.",
  "test-mail.button": "فتح MessageSender",
  "test-mail.footer": "وصلتك هذه الرسالة لأنك طلبت رسالة تجريبية.",
};
