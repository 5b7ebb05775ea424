-- +goose Up

-- That answers of yes about a project be taken back, which waits for approval, and
-- the stages whose gates would ask less: who sits at one of them decides.
alter table project
    add column retraction        json,
    add column retraction_stages text[] not null default '{}',
    add constraint project_retraction_has_stages check (retraction is not null or retraction_stages = '{}');

create index project_retraction_idx on project (id) where retraction is not null;

-- +goose Down
drop index project_retraction_idx;
alter table project drop column retraction_stages, drop column retraction;
