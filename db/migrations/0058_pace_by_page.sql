ALTER TABLE "messaging"."paces" DROP CONSTRAINT "paces_limit";--> statement-breakpoint
-- All pages had Meta's limit, which can freeze their inbox at Meta. Who wants more raises it on the page's card.
UPDATE "messaging"."paces" SET "limit_per_second" = 30 WHERE "kind" = 'text' AND "limit_per_second" > 30;--> statement-breakpoint
ALTER TABLE "messaging"."paces" ADD CONSTRAINT "paces_limit" CHECK (case "messaging"."paces"."kind" when 'text' then "messaging"."paces"."limit_per_second" between 1 and 300
        when 'media' then "messaging"."paces"."limit_per_second" > 0 and "messaging"."paces"."limit_per_second" <= 10 else "messaging"."paces"."limit_per_second" > 0 end
        and "messaging"."paces"."share" > 0 and "messaging"."paces"."share" <= 1);