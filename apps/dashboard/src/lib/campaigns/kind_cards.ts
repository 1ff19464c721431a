import { m } from "#lib/paraglide/messages.js";
import MessageCircle from "@lucide/svelte/icons/message-circle";
import MessageSquareReply from "@lucide/svelte/icons/message-square-reply";
import ReceiptText from "@lucide/svelte/icons/receipt-text";
import type { Component } from "svelte";
import type { CampaignKind } from "../api/campaigns.ts";

export interface KindCard {
  kind: CampaignKind;
  name: string;
  about: string;
  /** Meta's rules, the most important first. */
  rules: string[];
  icon: Component<{ class?: string }>;
}

export const KIND_CARDS: readonly KindCard[] = [
  {
    kind: "window",
    name: m.campaigns_kind_window(),
    about: m.campaigns_window_about(),
    rules: [m.campaigns_window_rule_offers(), m.campaigns_window_rule_time()],
    icon: MessageCircle,
  },
  {
    kind: "utility",
    name: m.campaigns_kind_utility(),
    about: m.campaigns_utility_about(),
    rules: [m.campaigns_utility_rule_offers(), m.campaigns_utility_rule_text()],
    icon: ReceiptText,
  },
  {
    kind: "private_reply",
    name: m.campaigns_kind_private_reply(),
    about: m.campaigns_private_about(),
    rules: [m.campaigns_private_rule_once(), m.campaigns_private_rule_reply()],
    icon: MessageSquareReply,
  },
];
