import type { MessagingDeps } from "../deps.ts";

export type CampaignDeps = Pick<MessagingDeps, "db" | "sql" | "clock" | "live" | "wakeDelivery">;
export type ClockDeps = CampaignDeps & { config: Pick<MessagingDeps["config"], "appUrl"> };
export type CampaignRouteDeps = CampaignDeps & Pick<MessagingDeps, "config">;
