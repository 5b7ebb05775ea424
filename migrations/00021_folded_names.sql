-- +goose Up

-- People's names in the one form in which texts are compared, beside the form of
-- name and address that searches have: namesakes and mentions go by it. Programs
-- write it with the name; where something else wrote the name, it is null until
-- it is filled in.
alter table person add column folded text;
create index person_folded on person (folded, id);
create index person_local on person (lower(split_part(email, '@', 1))) where email <> '';
drop index person_unread;
create index person_unread on person (id) where search is null or folded is null;
-- +goose StatementBegin
create or replace function forget_search() returns trigger language plpgsql as $$
begin
    new.search := null;
    new.folded := null;
    return new;
end $$;
-- +goose StatementEnd

-- +goose Down
-- +goose StatementBegin
create or replace function forget_search() returns trigger language plpgsql as $$
begin
    new.search := null;
    return new;
end $$;
-- +goose StatementEnd
drop index person_unread, person_local, person_folded;
create index person_unread on person (id) where search is null;
alter table person drop column folded;
