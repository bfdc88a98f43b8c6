-- Studies that are submitted again and again, by the clock.

CREATE TABLE schedules (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name        text NOT NULL,
    cron        text NOT NULL,
    zone        text NOT NULL,
    document    json NOT NULL,
    enabled     boolean NOT NULL,
    new_seed    boolean NOT NULL,     -- the design's seed becomes the time that the study is due
    created     timestamptz NOT NULL DEFAULT now(),
    due         timestamptz NOT NULL
);
CREATE INDEX schedules_due ON schedules (due) WHERE enabled;

-- Each time that one was due, or run by hand: the study that came of it, or why none did.
CREATE TABLE schedule_history (
    schedule    bigint NOT NULL REFERENCES schedules ON DELETE CASCADE,
    at          timestamptz NOT NULL,
    by_hand     boolean NOT NULL,
    study       bigint,
    error       text,
    PRIMARY KEY (schedule, at)
);
