-- +goose Up

-- The library lists the lessons that propose something, and a draft those that it
-- takes up.
create index record_lesson on record (state, (fields ->> 'document'), (fields ->> 'version')) where kind = 'lesson';

-- +goose Down
drop index record_lesson;
