CREATE TABLE "auth"."login_budgets" (
	"account" text NOT NULL,
	"source" text NOT NULL,
	"full_at" timestamp with time zone NOT NULL,
	CONSTRAINT "login_budgets_account_source_pk" PRIMARY KEY("account","source")
);
--> statement-breakpoint
CREATE INDEX "login_budgets_full_at" ON "auth"."login_budgets" USING btree ("full_at");