-- Addresses that are told what happens to studies.

CREATE TABLE webhooks (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    url         text NOT NULL,
    events      text[] NOT NULL,       -- of submitted, running, paused, done, failed, cancelled
    secret      text,                  -- signs what is sent
    created     timestamptz NOT NULL DEFAULT now(),
    sent        bigint NOT NULL,       -- events up to this one are sent, or not wanted
    last_sent   timestamptz,
    failures    integer NOT NULL DEFAULT 0, -- in a row
    error       text,                  -- of the last one
    retry       timestamptz NOT NULL DEFAULT now()
);
