CREATE TABLE "messaging"."page_histories" (
	"page_id" uuid PRIMARY KEY NOT NULL,
	"workspace_id" uuid NOT NULL,
	"state" text NOT NULL,
	"cursor" text,
	"since" timestamp with time zone,
	"threads" integer DEFAULT 0 NOT NULL,
	"messages" integer DEFAULT 0 NOT NULL,
	"problem" text,
	"started_at" timestamp with time zone DEFAULT now() NOT NULL,
	"finished_at" timestamp with time zone,
	CONSTRAINT "page_histories_state" CHECK ("messaging"."page_histories"."state" in ('reading', 'done', 'failed'))
);
--> statement-breakpoint
ALTER TABLE "messaging"."page_histories" ADD CONSTRAINT "page_histories_workspace_id_page_id_pages_workspace_id_id_fk" FOREIGN KEY ("workspace_id","page_id") REFERENCES "messaging"."pages"("workspace_id","id") ON DELETE cascade ON UPDATE no action;