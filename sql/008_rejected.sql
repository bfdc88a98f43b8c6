-- Runs that the constraints of a study rejected have no outputs, as failed ones, but nothing failed:
-- they do not count for max_failed_fraction, and are made again only where that is asked for.

ALTER TABLE studies ADD COLUMN rejected bigint NOT NULL DEFAULT 0; -- of the failed ones

UPDATE studies SET rejected =
    (SELECT count(*) FROM failures WHERE study = studies.id AND kind = 'rejected')
    WHERE failed > 0;

CREATE OR REPLACE FUNCTION forget_failed_runs(wanted bigint, of_kind text, of_pattern text)
RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    k record;
    piece record;
    forgotten bigint := 0;
BEGIN
    FOR k IN
        SELECT c.*, array_agg(f.run ORDER BY f.run) AS bad FROM chunks c
        JOIN failures f ON f.study = c.study
            AND f.run >= c.first_run AND f.run < c.first_run + c.n_runs
        WHERE c.study = wanted AND f.kind = coalesce(of_kind, f.kind)
            AND (f.kind <> 'rejected' OR of_kind IS NOT NULL OR of_pattern IS NOT NULL)
            AND (of_pattern IS NULL OR f.pattern = of_pattern)
        GROUP BY c.study, c.first_run
    LOOP
        -- The stretches of other runs between them.
        FOR piece IN
            SELECT after + 1 AS first, before - 1 AS last,
                   (after + 2 - k.first_run)::int AS a, (before - k.first_run)::int AS z FROM (
                SELECT b AS before,
                       lag(b, 1, k.first_run - 1) OVER (ORDER BY b) AS after
                FROM unnest(k.bad || (k.first_run + k.n_runs)) AS b) AS gaps
            WHERE before - after > 1
        LOOP
            -- Where all runs are done there is no _state.
            INSERT INTO columns (study, variable, first_run, values, lengths, texts)
            SELECT wanted, variable, -piece.first - 1,
                CASE WHEN lengths IS NULL THEN values[piece.a : piece.z]
                    ELSE values[
                        1 + (SELECT coalesce(sum(l), 0) FROM unnest(lengths[1 : piece.a - 1]) AS l)
                        : (SELECT coalesce(sum(l), 0) FROM unnest(lengths[1 : piece.z]) AS l)]
                END,
                lengths[piece.a : piece.z],
                texts[piece.a : piece.z]
            FROM columns WHERE study = wanted AND first_run = k.first_run
                AND (variable <> '_state' OR 0 <> ANY (values[piece.a : piece.z]));
            INSERT INTO chunks (study, first_run, n_runs, worker, attempts, busy)
            VALUES (wanted, -piece.first - 1, piece.last - piece.first + 1, k.worker, k.attempts,
                    k.busy * (piece.last - piece.first + 1) / k.n_runs);
        END LOOP;
        DELETE FROM columns WHERE study = wanted AND first_run = k.first_run;
        DELETE FROM chunks WHERE study = wanted AND first_run = k.first_run;
        DELETE FROM artifacts WHERE study = wanted AND run = ANY (k.bad);
        DELETE FROM failures WHERE study = wanted AND run = ANY (k.bad);
        forgotten := forgotten + array_length(k.bad, 1);
    END LOOP;
    -- The pieces waited under negative numbers, out of the way of the chunks that they replace.
    UPDATE columns SET first_run = -first_run - 1 WHERE study = wanted AND first_run < 0;
    UPDATE chunks SET first_run = -first_run - 1 WHERE study = wanted AND first_run < 0;
    DELETE FROM analyses WHERE study = wanted;
    UPDATE studies SET made = made - forgotten, failed = failed - forgotten,
        rejected = (SELECT count(*) FROM failures WHERE study = wanted AND kind = 'rejected')
        WHERE id = wanted;
    RETURN forgotten;
END $$;
