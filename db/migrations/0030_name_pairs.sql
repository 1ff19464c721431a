-- For each two words of a text, as words_of has them, three letters of both: "Hugo Corbach" gives "+cor+hug". Words of one
-- or two letters have none, nor do two that begin alike: one word could be meant by both words of a search.
CREATE FUNCTION "messaging"."name_pairs"("said" text) RETURNS text[] LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
	beginnings text[] := '{}';
	pairs text[] := '{}';
	word text;
	beginning text;
BEGIN
	-- The words come sorted, so that those that begin alike stand side by side.
	FOREACH word IN ARRAY tsvector_to_array(messaging.words_of(said)) LOOP
		beginning := left(word, 3);
		CONTINUE WHEN length(beginning) < 3 OR beginning = beginnings[cardinality(beginnings)];
		FOR n IN 1 .. cardinality(beginnings) LOOP
			pairs := pairs || ('+' || beginnings[n] || '+' || beginning);
		END LOOP;
		beginnings := beginnings || beginning;
	END LOOP;
	RETURN pairs;
END $$;--> statement-breakpoint
CREATE INDEX "contacts_name_pairs" ON "messaging"."contacts" USING gin (messaging.name_pairs("name")) WITH (gin_pending_list_limit=512) WHERE "messaging"."contacts"."name" is not null;