import type { MessagingDeps } from "../deps.ts";

export type CampaignDeps = Pick<MessagingDeps, "sql" | "clock" | "live" | "wakeDelivery">;
/** For messages whose links lead over our own address. */
export type LinkDeps = CampaignDeps & { config: Pick<MessagingDeps["config"], "appUrl"> };
export type CampaignRouteDeps = CampaignDeps & Pick<MessagingDeps, "config">;
