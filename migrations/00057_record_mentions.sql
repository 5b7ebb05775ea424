-- +goose Up

-- My work lists the comments on records that mention a person, as it does those on items.
create index record_comment_mentions on record_comment using gin (mentions) where mentions <> '{}';

-- +goose Down

drop index record_comment_mentions;
