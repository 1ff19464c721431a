import type { MessagingDeps } from "../deps.ts";

export type CampaignDeps = Pick<MessagingDeps, "db" | "sql" | "clock" | "live" | "wakeDelivery">;
export type CampaignRouteDeps = CampaignDeps & Pick<MessagingDeps, "config">;
