CREATE TABLE match_batches (
    batch      text PRIMARY KEY CHECK (batch ~ '^batch_[0-9]{5}$'),
    opened_at  timestamptz NOT NULL DEFAULT now(),
    closed_at  timestamptz,
    awaits_run boolean NOT NULL
);

CREATE UNIQUE INDEX one_batch_is_open ON match_batches ((closed_at IS NULL)) WHERE closed_at IS NULL;

INSERT INTO match_batches (batch, opened_at, closed_at, awaits_run)
SELECT batch, min(registered_at), max(registered_at), false FROM matches GROUP BY batch;

ALTER TABLE matches ADD CONSTRAINT matches_batch_fkey FOREIGN KEY (batch) REFERENCES match_batches;

CREATE FUNCTION refuse_to_change_a_closed_batch() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM match_batches WHERE batch IN (OLD.batch, NEW.batch) AND closed_at IS NOT NULL) THEN
        RAISE EXCEPTION USING
            ERRCODE = 'integrity_constraint_violation',
            MESSAGE = concat(
                'The members of a closed batch do not change: ', lower(TG_OP), ' of match ',
                coalesce(NEW.match_no, OLD.match_no), ', ', coalesce(NEW.batch, OLD.batch), '.'
            );
    END IF;
    RETURN coalesce(NEW, OLD);
END
$$;

CREATE TRIGGER members_of_a_closed_batch_stay BEFORE INSERT OR DELETE OR UPDATE OF batch ON matches
FOR EACH ROW EXECUTE FUNCTION refuse_to_change_a_closed_batch();

CREATE TABLE duplicate_files (
    file       text PRIMARY KEY,
    match_id   uuid NOT NULL REFERENCES matches (match_id),
    changed_ns bigint NOT NULL
);
