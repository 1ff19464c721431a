import { type Dialog, english, greetings, spam, stopWords } from "./dialogs.ts";
import { translated } from "./dialogs_translated.ts";
import { people } from "./names.ts";
import { type Customer, day, hour, type Stage } from "./stage.ts";

const beans = ["Sidamo Natural", "Huila Decaf", "Harbour Blend", "Kiambu AA", "Winter Blend", "Antigua"];
const weekdays = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday"];

/** The shop is this old, and has grown since. */
export const shopDays = 150;
/** So many attachments have a file of their own. */
const mostFiles = 36;
/** When people write, by the hour of the day. */
const hours = [2, 1, 1, 1, 1, 2, 5, 9, 12, 13, 12, 11, 12, 11, 10, 10, 11, 12, 13, 14, 13, 10, 7, 4].map(
  (weight, at) => [at, weight] as const,
);

/** All customers of the shop with their messages, oldest first. */
export function inventCustomers(stage: Stage, count: number): Customer[] {
  const { dice, now } = stage;
  const customers = Array.from({ length: count }, (_, number) => {
    // More come from week to week.
    const createdAt = dayTime(stage, now - shopDays * day * dice.number() ** 1.15);
    return newCustomer(stage, number, createdAt);
  });
  let files = 0;
  for (const [number, customer] of customers.entries()) {
    if (number % 331 === 330) {
      spamOf(stage, customer);
      continue;
    }
    const times = talkTimes(stage, customer.createdAt);
    for (const [index, at] of times.entries()) {
      const isLast = index === times.length - 1;
      const dialog = pickDialog(stage, customer, {
        isFirst: index === 0 && !isLast,
        mayHaveFile: files < mostFiles && at > now - 25 * day,
      });
      files += talk(stage, customer, { dialog, at, isLast });
    }
    if (dice.isHit(0.5) && customer.status === "resolved") consent(stage, customer);
  }
  return customers.toSorted((one, other) => one.createdAt - other.createdAt);
}

function newCustomer({ dice, pageIds }: Stage, number: number, createdAt: number): Customer {
  const group = dice.weigh(people.map((one) => [one, one.share] as const));
  return {
    id: dice.idAt(createdAt),
    pageId: pageIds[dice.isHit(0.28) ? 1 : 0],
    psid: String(7_300_000_000_000_000 + number * 1_371_003),
    firstName: dice.pick(group.first),
    lastName: dice.pick(group.last),
    locale: group.locale,
    timezone: dice.pick(group.timezones),
    source: dice.weigh([
      ["organic", 46],
      ["ad", 27],
      ["link", 18],
      ["comment", 9],
    ] as const),
    createdAt,
    lines: [],
    events: [],
    tags: new Map(),
    assigneeId: null,
    status: "resolved",
    unsubscribedAt: null,
    blockedAt: null,
    unreachableAt: null,
    readUntil: 0,
  };
}

/** The same day at an hour at which people write; never later than two minutes ago. */
function dayTime({ dice, now }: Stage, ms: number): number {
  const start = ms - (ms % day);
  const at = start + dice.weigh(hours) * hour + dice.whole(0, hour - 1);
  return Math.min(at, now - dice.whole(2 * 60_000, 40 * 60_000));
}

function talkTimes(stage: Stage, createdAt: number): number[] {
  const { dice, now } = stage;
  const times = [createdAt];
  for (const share of [0.5, 0.4, 0.4]) {
    if (!dice.isHit(share)) break;
    times.push(dayTime(stage, createdAt + (now - createdAt) * dice.number() ** 0.8));
  }
  // A day lies between two things to talk about.
  return times
    .toSorted((one, other) => one - other)
    .filter((at, index, all) => index === 0 || at - (all[index - 1] ?? 0) > 1.2 * day);
}

function pickDialog(
  { dice }: Stage,
  { locale }: Customer,
  { isFirst, mayHaveFile }: { isFirst: boolean; mayHaveFile: boolean },
): Dialog {
  const own = translated[locale.slice(0, 2)];
  const usual = isFirst && dice.isHit(0.5) ? greetings : english;
  const fits = (own && dice.isHit(0.85) ? own : usual).filter(
    ({ lines }) => mayHaveFile || !lines.some((line) => line.slice(2).startsWith("[")),
  );
  return dice.weigh(fits.map((dialog) => [dialog, dialog.weight] as const));
}

/** Adds a dialog to a thread, and leaves it as it stands now. Gives how many files it has. */
function talk(
  stage: Stage,
  customer: Customer,
  { dialog, at: begunAt, isLast }: { dialog: Dialog; at: number; isLast: boolean },
): number {
  const { dice, now, ownerId, memberIds } = stage;
  const agentId = dice.weigh(
    [ownerId, ...memberIds].map((id, place) => [id, [3, 4, 4, 2][place] ?? 1] as const),
  );
  const fills: Record<string, string> = {
    name: customer.firstName,
    order: `FC-${dice.whole(10_400, 28_900)}`,
    beans: dice.pick(beans),
    day: dice.pick(weekdays),
  };
  const age = now - begunAt;
  // The newer it is the likelier nobody has answered yet.
  const isCut = isLast && dice.isHit(age < 5 * hour ? 0.8 : age < day ? 0.4 : age < 4 * day ? 0.12 : 0.004);
  const ends = dialog.lines.flatMap((line, index) => (line.startsWith("<") ? index + 1 : []));
  const length = isCut ? dice.pick(ends.slice(0, 2)) : dialog.lines.length;
  let at = begunAt;
  let files = 0;
  let isAnswered = false;
  for (const line of dialog.lines.slice(0, length)) {
    const [, file, words] = /^(?:\[(photo|invoice)\] ?)?(.*)$/s.exec(line.slice(2)) ?? [];
    const isIn = line.startsWith("<");
    if (customer.lines.length > 0 && at !== begunAt)
      at += isIn ? dice.whole(40_000, 14 * 60_000) : answerPause(stage, at);
    if (at > now - 60_000) break;
    const text = (words ?? "").replace(/\{([a-z]+)\}/g, (whole, name: string) => fills[name] ?? whole);
    customer.lines.push({
      at,
      direction: isIn ? "in" : "out",
      author: isIn ? "contact" : "user",
      userId: isIn ? null : agentId,
      text: text || null,
      file: file === "photo" || file === "invoice" ? file : null,
    });
    if (file) files += 1;
    if (at === begunAt && isIn && isClosed(at)) away(customer, at);
    if (!isIn && !isAnswered) {
      isAnswered = true;
      customer.events.push({
        at: at - 20_000,
        kind: "assignment",
        userId: agentId,
        data: { from: customer.assigneeId, to: agentId },
      });
      customer.assigneeId = agentId;
    }
    at += 1_000;
  }
  const last = customer.lines.at(-1);
  const isWhole = !isCut && length === dialog.lines.length && last !== undefined;
  if (isWhole && dialog.tag && dice.isHit(0.75)) customer.tags.set(dialog.tag, at);
  settle(stage, customer, { at, isWaiting: last?.direction === "in" && isCut, isLast, agentId });
  return files;
}

/** Answers come within the hour by day, and at night on the next morning. */
function answerPause({ dice }: Stage, at: number): number {
  if (!isClosed(at)) return Math.round((2 + 55 * dice.number() ** 2.4) * 60_000);
  const opens = at - (at % day) + 8 * hour + (at % day > 8 * hour ? day : 0);
  return opens - at + dice.whole(4, 70) * 60_000;
}

const isClosed = (at: number) => at % day < 8 * hour || at % day > 18.5 * hour;

function away(customer: Customer, at: number): void {
  customer.lines.push({
    at: at + 5_000,
    direction: "out",
    author: "automation",
    userId: null,
    text: awayText,
    file: null,
  });
}

/** The shop's away message at night. */
export const awayText =
  "Thanks for writing! The roastery sleeps until 8 in the morning. You get an answer then, usually within the hour.";

function settle(
  { dice, now }: Stage,
  customer: Customer,
  done: { at: number; isWaiting: boolean; isLast: boolean; agentId: string },
): void {
  const age = now - done.at;
  customer.readUntil = dice.isHit(0.82)
    ? Math.min(done.at + dice.whole(5_000, 4 * hour), now)
    : done.at - 1_500;
  if (done.isLast && done.isWaiting) {
    customer.status = dice.isHit(age > 8 * hour ? 0.3 : 0.05) ? "pending" : "open";
    return;
  }
  const stays = age < 2 * day ? 0.45 : age < 6 * day ? 0.08 : 0;
  if (done.isLast && dice.isHit(stays)) {
    customer.status = dice.weigh([
      ["open", 6],
      ["pending", 2],
      ["snoozed", 2],
    ] as const);
    return;
  }
  const at = Math.min(done.at + dice.whole(2, 25) * 60_000, now - 30_000);
  customer.status = "resolved";
  customer.events.push({
    at,
    kind: "status",
    userId: done.agentId,
    data: { from: "open", to: "resolved", until: null },
  });
}

/** A few people say stop, are blocked, or cannot be reached. */
function consent({ dice, now }: Stage, customer: Customer): void {
  const last = customer.lines.at(-1);
  if (!last) return;
  const at = Math.min(last.at + dice.whole(2, 60) * hour, now - hour);
  if (at <= last.at) return;
  if (dice.isHit(0.07)) {
    const text = dice.pick(stopWords);
    customer.unsubscribedAt = at;
    customer.lines.push({ at, direction: "in", author: "contact", userId: null, text, file: null });
    customer.events.push({
      at: at + 1,
      kind: "consent",
      userId: null,
      data: { subscribed: false, by: text },
    });
  } else if (dice.isHit(0.02)) customer.unreachableAt = at;
}

function spamOf({ dice, ownerId, now }: Stage, customer: Customer): void {
  const at = Math.min(customer.createdAt, now - 3 * hour);
  customer.status = "spam";
  customer.tags.clear();
  customer.lines.push({
    at,
    direction: "in",
    author: "contact",
    userId: null,
    text: dice.pick(spam),
    file: null,
  });
  customer.events.push({
    at: at + hour,
    kind: "status",
    userId: ownerId,
    data: { from: "open", to: "spam", until: null },
  });
}
