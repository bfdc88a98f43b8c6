-- Tokens with scopes, beside the one of the server's token file, which may do everything.

CREATE TABLE tokens (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name        text NOT NULL,
    hash        text NOT NULL UNIQUE,  -- SHA-256 of the token, which itself is not kept
    scopes      text[] NOT NULL,       -- of read, submit, models, admin
    created     timestamptz NOT NULL DEFAULT now(),
    expires     timestamptz,           -- NULL: never
    last_used   timestamptz            -- to the minute
);
