CREATE TABLE "messaging"."campaign_days" (
	"campaign_id" uuid NOT NULL,
	"day" date NOT NULL,
	"sent" integer NOT NULL,
	CONSTRAINT "campaign_days_campaign_id_day_pk" PRIMARY KEY("campaign_id","day")
);
--> statement-breakpoint
CREATE TABLE "messaging"."day_counts" (
	"workspace_id" uuid NOT NULL,
	"page_id" uuid NOT NULL,
	"day" date NOT NULL,
	"zone" text NOT NULL,
	"sources" jsonb NOT NULL,
	"received" integer NOT NULL,
	"writers" integer NOT NULL,
	"answers" integer NOT NULL,
	"automatic" integer NOT NULL,
	"elsewhere" integer NOT NULL,
	"hours" jsonb NOT NULL,
	"response_seconds" integer[] DEFAULT '{}' NOT NULL,
	"resolution_seconds" integer[] DEFAULT '{}' NOT NULL,
	"counted_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "day_counts_workspace_id_day_page_id_pk" PRIMARY KEY("workspace_id","day","page_id")
);
--> statement-breakpoint
ALTER TABLE "messaging"."campaign_days" ADD CONSTRAINT "campaign_days_campaign_id_campaigns_id_fk" FOREIGN KEY ("campaign_id") REFERENCES "messaging"."campaigns"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "messaging"."day_counts" ADD CONSTRAINT "day_counts_workspace_id_page_id_pages_workspace_id_id_fk" FOREIGN KEY ("workspace_id","page_id") REFERENCES "messaging"."pages"("workspace_id","id") ON DELETE cascade ON UPDATE no action;