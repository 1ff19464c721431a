CREATE TABLE "messaging"."deletion_page" (
	"is_only" boolean PRIMARY KEY DEFAULT true NOT NULL,
	"content" jsonb,
	"translations" jsonb DEFAULT '{}' NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "deletion_page_only" CHECK ("messaging"."deletion_page"."is_only"),
	CONSTRAINT "deletion_page_translations" CHECK (case when jsonb_typeof("messaging"."deletion_page"."translations") <> 'object' then false when "messaging"."deletion_page"."content" is null then "messaging"."deletion_page"."translations" = '{}'
      else jsonb_array_length(jsonb_path_query_array("messaging"."deletion_page"."translations", '$.keyvalue()')) <= 30
        and not jsonb_path_exists("messaging"."deletion_page"."translations", '$.keyvalue() ? (!(@.key like_regex "^[a-z]{2,3}(-([A-Z]{2}|419))?$"))')
        and not jsonb_path_exists("messaging"."deletion_page"."translations", '$.* ? (@.type() != "object")') end)
);
