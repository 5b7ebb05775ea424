-- +goose Up

-- Whom a comment mentions: they find it on their work.
alter table comment
    add column mentions bigint[] not null default '{}';
create index comment_mentions on comment using gin (mentions) where mentions <> '{}';

-- Links to named intranet hosts may be http, where the organisation allows it.
alter table evidence
    drop constraint evidence_url_check,
    add constraint evidence_url_check check (url ~ '^https?://' and length(url) <= 2000);

-- +goose Down
-- +goose StatementBegin
do $$
begin
    if exists (select from evidence where url like 'http://%') then
        raise exception 'there is evidence with http links, which the earlier schema cannot hold';
    end if;
end
$$;
-- +goose StatementEnd
alter table evidence
    drop constraint evidence_url_check,
    add constraint evidence_url_check check (url like 'https://%' and length(url) <= 2000);
alter table comment drop column mentions;
