ALTER TABLE matches
    ADD COLUMN byte_offset bigint CHECK (byte_offset >= 0),
    ADD CONSTRAINT a_place_only_of_what_is_quarantined CHECK (byte_offset IS NULL OR status = 'quarantined');

COMMENT ON COLUMN matches.byte_offset IS
    'Where the file is broken, from 0: for broken_json in the inflated JSON, for broken_gzip in the file; else null.';
