import { preferences } from "../ui/preferences.svelte.ts";
import { playNoticeSound } from "./notice_sound.ts";

export interface Notice {
  /** Of the event, the same in each tab. */
  key: string;
  conversationId: string;
  title: string;
  text: string;
}

/** A tab that shows the conversation takes the event at once, and the others after this. */
const WAIT_MS = 400;
/** By then each tab has heard of the event, also one that the browser slows down. */
const KEPT_MS = 30_000;
const QUIET_MS = 3_000;
/** The first message of a burst notifies for all of them. */
const MOST = { notices: 5, withinMs: 10_000 };
const TOLD = "messagesender.notices_told";

/**
 * Tells one event once, although each tab of the browser hears of it: by the tab that gets the lock of the event, and not at
 * all when that one shows the conversation. Only secure pages have locks, and notifications.
 */
export async function showNotice(
  notice: Notice,
  { isShown, open }: { isShown: () => boolean; open: () => void },
): Promise<void> {
  if (!("locks" in navigator)) return;
  // A tab in which nobody did anything yet may not play a sound: it comes last.
  const waits = navigator.userActivation.hasBeenActive ? 1 : 2;
  if (!isShown()) await pass(WAIT_MS * waits);
  await navigator.locks.request(
    `messagesender.notice ${notice.key}`,
    { ifAvailable: true },
    async (lock): Promise<void> => {
      if (lock === null) return;
      if (!isShown() && mayTell()) tell(notice, open);
      await pass(KEPT_MS);
    },
  );
}

function tell({ conversationId, title, text }: Notice, open: () => void): void {
  if (preferences.noticeSound) void soundOnce(conversationId);
  if (
    !preferences.desktopNotices ||
    typeof Notification === "undefined" ||
    Notification.permission !== "granted"
  )
    return;
  // One for each conversation: the next takes its place.
  const shown = new Notification(title, { body: text.slice(0, 200), tag: conversationId, silent: true });
  shown.addEventListener("click", () => {
    window.focus();
    open();
    shown.close();
  });
}

/** Somebody who writes three lines, or whose message also assigns the conversation, sounds once. */
async function soundOnce(conversationId: string): Promise<void> {
  await navigator.locks.request(
    `messagesender.sound ${conversationId}`,
    { ifAvailable: true },
    async (lock): Promise<void> => {
      if (lock === null) return;
      playNoticeSound();
      await pass(QUIET_MS);
    },
  );
}

/** Counts for all tabs. */
function mayTell(): boolean {
  const since = Date.now() - MOST.withinMs;
  const told = (localStorage.getItem(TOLD) ?? "")
    .split(" ")
    .map(Number)
    .filter((at) => at > since);
  if (told.length >= MOST.notices) return false;
  localStorage.setItem(TOLD, [...told, Date.now()].join(" "));
  return true;
}

async function pass(ms: number): Promise<void> {
  await new Promise((done) => setTimeout(done, ms));
}
