-- Studies that grow until an answer is precise enough.

ALTER TABLE studies
    ADD COLUMN growing boolean NOT NULL DEFAULT false, -- not done when all runs are made
    ADD COLUMN stop json;                              -- why it stopped growing
