import type { Content } from "../templates/mod.ts";
import { shopUrl } from "./campaign_texts.ts";
import { day, hour } from "./stage.ts";

export interface CampaignPlan {
  name: string;
  kind: "window" | "utility" | "private_reply";
  status: "draft" | "scheduled" | "running" | "paused" | "completed" | "cancelled";
  statusReason?: string;
  /** A segment by name, or all contacts. */
  segment?: string;
  contents: readonly Content[];
  /** It began so long ago, in milliseconds; a scheduled one is due in so long. */
  ago: number;
  /** Of one that did not end: the share of the reachable people who got it. */
  done?: number;
  /** Of those who read it, how many click. */
  clicks?: number;
  /** And how many answer. */
  answers?: number;
  /** Messages of 1,000 that Meta refused. */
  failures?: number;
}

const tracked = (title: string, path: string) =>
  ({ type: "url", title, url: `${shopUrl}${path}`, isTracked: true }) as const;
const utility = (name: string, parameters: Record<string, string> = {}): Content => ({
  utility: { name, language: "en_GB", parameters },
});

/** The shop's campaigns, the newest first. */
export const campaignPlans: readonly CampaignPlan[] = [
  {
    name: "Gift guide for December",
    kind: "window",
    status: "draft",
    contents: [
      {
        text: "Hi {{first_name|there}}, our gift sets are back: three coffees and a cup.",
        buttons: [tracked("See the sets", "/gifts")],
      },
    ],
    ago: 2 * hour,
  },
  {
    name: "Cupping evening: invitation",
    kind: "window",
    status: "scheduled",
    segment: "Customers",
    contents: [
      {
        text: "Hi {{first_name|there}}, we taste the new harvest on Friday at 18:30, and you are invited. Reply YES and we keep a place.",
      },
    ],
    ago: -2 * day,
  },
  {
    name: "Subscription renews this week",
    kind: "utility",
    status: "running",
    segment: "Subscribers",
    contents: [utility("subscription_renews", { date: "Friday" })],
    ago: 35 * 60_000,
    done: 0.46,
    failures: 4,
  },
  {
    name: "Winter Blend is here",
    kind: "window",
    status: "paused",
    statusReason: "Paused by Mara Lindqvist",
    contents: [
      {
        text: "Winter Blend is back: plum, cocoa, a little smoke. 250 g for 9.50.",
        buttons: [tracked("Order a bag", "/winter")],
      },
    ],
    ago: 20 * hour,
    done: 0.55,
    clicks: 0.3,
    failures: 10,
  },
  {
    name: "Thanks for your comment",
    kind: "private_reply",
    status: "completed",
    contents: [{ text: "Hi, thanks for your comment! Ask us anything about this coffee right here." }],
    ago: 2 * day,
  },
  {
    name: "Order shipped, week 47",
    kind: "utility",
    status: "completed",
    segment: "Customers",
    contents: [utility("order_shipped", { order_id: "of this week" })],
    ago: 6 * day + 3 * hour,
    answers: 0.04,
    failures: 9,
  },
  {
    name: "New harvest: Sidamo Natural",
    kind: "window",
    status: "completed",
    contents: [
      {
        text: "Hi {{first_name|there}}! The new Sidamo harvest is roasted: peach, black tea, honey.",
        buttons: [tracked("See the coffee", "/sidamo")],
      },
      {
        text: "{{first_name|Hello}}, a hundred bags of Sidamo Natural, roasted this morning. Shall we keep one for you?",
        buttons: [tracked("Keep one for me", "/sidamo")],
      },
    ],
    ago: 13 * day + 5 * hour,
    clicks: 0.34,
    answers: 0.2,
    failures: 14,
  },
  {
    name: "Order shipped, week 45",
    kind: "utility",
    status: "completed",
    segment: "Customers",
    contents: [utility("order_shipped", { order_id: "of this week" })],
    ago: 20 * day + 2 * hour,
    answers: 0.05,
    failures: 8,
  },
  {
    name: "Bank holiday hours",
    kind: "window",
    status: "completed",
    contents: [{ text: "We are closed on Monday. Orders until Saturday noon arrive before it." }],
    ago: 34 * day,
    answers: 0.06,
    failures: 6,
  },
  {
    name: "Grinder sale",
    kind: "window",
    status: "cancelled",
    statusReason: "Canceled by Theo Okafor",
    contents: [
      {
        text: "All hand grinders are 15 % off until Sunday.",
        buttons: [tracked("See grinders", "/grinders")],
      },
    ],
    ago: 48 * day,
    done: 0.3,
    clicks: 0.2,
  },
];
