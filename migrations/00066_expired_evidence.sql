-- +goose Up

-- Trends count what ran out in the last half year, of whatever project.
create index evidence_expires on evidence (expires) where expires is not null;

-- +goose Down
drop index evidence_expires;
