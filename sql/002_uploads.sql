-- Uploaded models keep the name of their file, which says what the bytes are.

ALTER TABLE models ADD COLUMN file text;
