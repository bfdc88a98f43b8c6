-- The first schema: studies, their columns of results, and what belongs to them.

CREATE TABLE models (
    name        text NOT NULL,
    version     text NOT NULL,           -- content hash, or the version that the model states
    family      text NOT NULL,
    descriptor  json NOT NULL,
    source      bytea,                   -- of uploaded models
    seen        timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (name, version)
);

CREATE TABLE studies (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name        text NOT NULL,
    model       text NOT NULL,
    model_version text NOT NULL,
    method      text NOT NULL,
    document    json NOT NULL,           -- as given
    resolved    json NOT NULL,           -- every default filled in: what workers compute from
    hash        text NOT NULL,           -- of the resolved document: same hash, same bits
    state       text NOT NULL DEFAULT 'queued'
                CHECK (state IN ('queued', 'running', 'paused', 'done', 'failed', 'cancelled',
                                 'deleted')),
    reason      text,                    -- why it failed
    points      bigint NOT NULL,
    runs        bigint NOT NULL,
    made        bigint NOT NULL DEFAULT 0, -- runs that have an outcome, failed ones included
    failed      bigint NOT NULL DEFAULT 0,
    failures_allowed bigint NOT NULL,      -- more than this and the study fails
    busy        double precision NOT NULL DEFAULT 0, -- seconds of executors
    priority    integer NOT NULL DEFAULT 0,
    tags        text[] NOT NULL DEFAULT '{}',
    idempotency_key  text UNIQUE,
    idempotency_hash text,
    created     timestamptz NOT NULL DEFAULT now(),
    started     timestamptz,
    finished    timestamptz
);
CREATE INDEX studies_active ON studies (id) WHERE state IN ('queued', 'running', 'paused');

-- One row a chunk and variable, inputs included. A variable beginning with an underscore was
-- measured or recorded by sweepd: _state is there only where a run of the chunk was not done.
CREATE TABLE columns (
    study       bigint NOT NULL,
    variable    text NOT NULL,
    first_run   bigint NOT NULL,
    values      float8[] COMPRESSION lz4,   -- series: all values of all runs, one after another
    lengths     int4[] COMPRESSION lz4,     -- series only: how many belong to each run
    texts       text[] COMPRESSION lz4,     -- text outputs only
    PRIMARY KEY (study, variable, first_run)
);

-- Written in the transaction of its columns: a chunk that is not here is missing.
CREATE TABLE chunks (
    study       bigint NOT NULL,
    first_run   bigint NOT NULL,
    n_runs      integer NOT NULL CHECK (n_runs > 0),
    worker      text NOT NULL,
    attempts    integer NOT NULL,
    busy        double precision NOT NULL, -- seconds
    written     timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (study, first_run)
);

CREATE TABLE failures (
    study       bigint NOT NULL,
    run         bigint NOT NULL,
    kind        text NOT NULL CHECK (kind IN ('error', 'crash', 'timeout', 'memory', 'rejected')),
    message     text NOT NULL,
    log         text NOT NULL DEFAULT '',
    attempts    integer NOT NULL DEFAULT 1,
    PRIMARY KEY (study, run)
);

CREATE TABLE artifacts (
    study       bigint NOT NULL,
    run         bigint NOT NULL,
    name        text NOT NULL,
    media_type  text NOT NULL,
    bytes       bytea NOT NULL,
    PRIMARY KEY (study, run, name)
);

CREATE TABLE analyses (
    study       bigint NOT NULL,
    request     text NOT NULL,           -- canonical: every default filled in
    made        bigint NOT NULL,         -- runs that the study had when this was computed
    result      json NOT NULL,
    computed    timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (study, request)
);

CREATE TABLE events (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    study       bigint NOT NULL,
    kind        text NOT NULL,           -- submitted, state, progress, analysis
    data        json NOT NULL,
    at          timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX events_by_study ON events (study, id);

-- What the dispatcher knows of workers, for the API to read; worthless after a crash.
CREATE UNLOGGED TABLE workers (
    id          text PRIMARY KEY,
    host        text NOT NULL,
    pid         integer NOT NULL,
    slots       integer NOT NULL,
    busy        integer NOT NULL,
    state       text NOT NULL,           -- up, draining
    chunks      bigint NOT NULL,
    runs        bigint NOT NULL,
    models      text[] NOT NULL,
    joined      timestamptz NOT NULL,
    heard       timestamptz NOT NULL
);

-- For people: one row a run and variable. Text and series outputs are left to their own columns.
CREATE VIEW runs AS
SELECT c.study, c.first_run + v.at - 1 AS run, c.variable, v.value
FROM columns c, LATERAL unnest(c.values) WITH ORDINALITY AS v (value, at)
WHERE c.lengths IS NULL AND c.values IS NOT NULL;

-- A wide view of one study with real column names, for SQL users: SELECT make_study_view(17), then
-- SELECT * FROM study_17.
CREATE FUNCTION make_study_view(wanted bigint) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    name text;
    picks text := '';
    joins text := '';
    i integer := 0;
BEGIN
    FOR name IN
        SELECT variable FROM (
            SELECT DISTINCT ON (variable) variable, lengths, texts FROM columns
            WHERE study = wanted ORDER BY variable, first_run) AS one
        WHERE lengths IS NULL AND texts IS NULL AND variable <> '_state'
    LOOP
        i := i + 1;
        picks := picks || format(', c%s.values[v.at] AS %I', i, name);
        joins := joins || format(
            ' LEFT JOIN columns c%s ON c%s.study = k.study AND c%s.first_run = k.first_run'
            ' AND c%s.variable = %L', i, i, i, i, name);
    END LOOP;
    EXECUTE format('DROP VIEW IF EXISTS study_%s', wanted);
    EXECUTE format(
        'CREATE VIEW study_%s AS SELECT k.first_run + v.at - 1 AS run,'
        ' coalesce(s.values[v.at], 0)::int AS _state%s FROM chunks k'
        ' CROSS JOIN LATERAL generate_series(1, k.n_runs) AS v (at)'
        ' LEFT JOIN columns s ON s.study = k.study AND s.first_run = k.first_run'
        ' AND s.variable = ''_state''%s WHERE k.study = %s', wanted, picks, joins, wanted);
    RETURN format('study_%s', wanted);
END $$;

-- Failed runs are to be made again: each chunk that holds one is split around it, so that only the
-- failed runs are missing afterwards and nothing good is lost. Returns how many runs.
CREATE FUNCTION forget_failed_runs(wanted bigint) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    k record;
    piece record;
    forgotten bigint := 0;
BEGIN
    FOR k IN
        SELECT c.*, array_agg(f.run ORDER BY f.run) AS bad FROM chunks c
        JOIN failures f ON f.study = c.study
            AND f.run >= c.first_run AND f.run < c.first_run + c.n_runs
        WHERE c.study = wanted
        GROUP BY c.study, c.first_run
    LOOP
        -- The stretches of good runs between the bad ones.
        FOR piece IN
            SELECT after + 1 AS first, before - 1 AS last FROM (
                SELECT b AS before,
                       lag(b, 1, k.first_run - 1) OVER (ORDER BY b) AS after
                FROM unnest(k.bad || (k.first_run + k.n_runs)) AS b) AS gaps
            WHERE before - after > 1
        LOOP
            INSERT INTO columns (study, variable, first_run, values, lengths, texts)
            SELECT wanted, variable, -piece.first - 1,
                CASE WHEN lengths IS NULL
                    THEN values[piece.first - k.first_run + 1 : piece.last - k.first_run + 1]
                    ELSE values[
                        1 + (SELECT coalesce(sum(l), 0) FROM unnest(
                            lengths[1 : piece.first - k.first_run]) AS l)
                        : (SELECT coalesce(sum(l), 0) FROM unnest(
                            lengths[1 : piece.last - k.first_run + 1]) AS l)]
                END,
                lengths[piece.first - k.first_run + 1 : piece.last - k.first_run + 1],
                texts[piece.first - k.first_run + 1 : piece.last - k.first_run + 1]
            FROM columns WHERE study = wanted AND first_run = k.first_run AND variable <> '_state';
            INSERT INTO chunks (study, first_run, n_runs, worker, attempts, busy)
            VALUES (wanted, -piece.first - 1, piece.last - piece.first + 1, k.worker, k.attempts,
                    k.busy * (piece.last - piece.first + 1) / k.n_runs);
        END LOOP;
        DELETE FROM columns WHERE study = wanted AND first_run = k.first_run;
        DELETE FROM chunks WHERE study = wanted AND first_run = k.first_run;
        forgotten := forgotten + array_length(k.bad, 1);
    END LOOP;
    -- The pieces waited under negative numbers, out of the way of the chunks that they replace.
    UPDATE columns SET first_run = -first_run - 1 WHERE study = wanted AND first_run < 0;
    UPDATE chunks SET first_run = -first_run - 1 WHERE study = wanted AND first_run < 0;
    DELETE FROM artifacts a USING failures f
    WHERE a.study = wanted AND f.study = wanted AND a.run = f.run;
    DELETE FROM failures WHERE study = wanted;
    DELETE FROM analyses WHERE study = wanted;
    UPDATE studies SET made = made - forgotten, failed = 0 WHERE id = wanted;
    RETURN forgotten;
END $$;
