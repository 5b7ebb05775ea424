-- +goose Up

-- Questions about a project that nobody has answered yet. They are part of the
-- profile: what depends on them applies until somebody says no.
alter table project
    add column unanswered text[] not null default '{}',
    add constraint project_unanswered_applies check (unanswered <@ profile);

-- +goose Down
alter table project drop column unanswered;
