import MessageCircle from "@lucide/svelte/icons/message-circle";
import MessageSquareReply from "@lucide/svelte/icons/message-square-reply";
import ReceiptText from "@lucide/svelte/icons/receipt-text";
import type { Component } from "svelte";
import type { CampaignKind } from "../api/campaigns.ts";

export interface KindCard {
  kind: CampaignKind;
  name: string;
  about: string;
  /** What Meta allows and forbids, in its order of importance. */
  rules: string[];
  icon: Component<{ class?: string }>;
}

export const KIND_CARDS: readonly KindCard[] = [
  {
    kind: "window",
    name: "People in the window",
    about: "Anything you like, to people who wrote to a page within the last 24 hours.",
    rules: ["Offers and news are allowed", "Nothing after 24 hours without a word from the person"],
    icon: MessageCircle,
  },
  {
    kind: "utility",
    name: "Utility template",
    about: "A template that Meta approved: orders, accounts, appointments. Also outside the window.",
    rules: [
      "No offers, no news: Meta restricts pages that try",
      "Only the approved words, with values filled in",
    ],
    icon: ReceiptText,
  },
  {
    kind: "private_reply",
    name: "Private reply",
    about: "One message to each person who commented on a post in the last 7 days.",
    rules: ["One private reply per comment, ever", "The talk goes on only if the person answers"],
    icon: MessageSquareReply,
  },
];
