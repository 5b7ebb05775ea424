-- +goose Up

-- Searches find a part of a word by its trigrams. The extension comes with PostgreSQL
-- and is trusted: whoever owns the database may create it. Going back leaves it, since
-- something else may use it.
create extension if not exists pg_trgm;

-- The words of a text as searches compare them, beside the text. Programs write them
-- with it; what is null is filled in soon after. Lists of projects go on reading the
-- wide row, which every answer to an item writes: an index of words there would slow
-- these down.
alter table project  add column search text;
alter table evidence add column search text;
alter table record   add column search text;
alter table plan     add column search text; -- of the items that the project added itself

-- A short list of what was written last keeps searches quick: each reads all of it.
create index project_search  on project  using gin (search gin_trgm_ops) with (gin_pending_list_limit = 256);
create index evidence_search on evidence using gin (search gin_trgm_ops) with (gin_pending_list_limit = 256) where removed_at is null;
create index record_search   on record   using gin (search gin_trgm_ops) with (gin_pending_list_limit = 256);
create index plan_search     on plan     using gin (search gin_trgm_ops) with (gin_pending_list_limit = 256) where search <> '';
create index person_search   on person   using gin (search gin_trgm_ops) with (gin_pending_list_limit = 256);

create index project_unread  on project  (id) where search is null;
create index evidence_unread on evidence (project_id, review_no, stage, no) where search is null;
create index record_unread   on record   (project_id, no) where search is null;
create index plan_unread     on plan     (digest) where search is null;

-- A plan still never changes: its words only follow from what it is made of.
drop trigger plan_never_changes on plan;
create trigger plan_never_changes before delete or update of digest, origin on plan for each row execute function refuse_change();
update plan set search = '' where origin->'tailoring'->'own' is null;

-- A program that does not know of the words leaves them behind when it changes the text.
-- +goose StatementBegin
create function forget_words() returns trigger language plpgsql as $$
begin
    new.search := null;
    return new;
end $$;
-- +goose StatementEnd
create trigger project_renamed before update of name on project
    for each row when (old.name is distinct from new.name and old.search is not distinct from new.search) execute function forget_words();
create trigger record_renamed before update of title on record
    for each row when (old.title is distinct from new.title and old.search is not distinct from new.search) execute function forget_words();

-- +goose StatementBegin
do $$
begin
    if exists (select from pg_roles where rolname = 'slipway_app') then
        grant update (search) on plan to slipway_app;
    end if;
end $$;
-- +goose StatementEnd

-- +goose Down
-- +goose StatementBegin
do $$
begin
    if exists (select from pg_roles where rolname = 'slipway_app') then
        revoke update (search) on plan from slipway_app;
    end if;
end $$;
-- +goose StatementEnd
drop trigger record_renamed on record;
drop trigger project_renamed on project;
drop function forget_words;
drop trigger plan_never_changes on plan;
create trigger plan_never_changes before update or delete on plan for each row execute function refuse_change();
drop index person_search;
alter table plan     drop column search;
alter table record   drop column search;
alter table evidence drop column search;
alter table project  drop column search;
