-- +goose Up

-- When and how the person of a session last proved who they are, as the provider
-- says; null and empty when it does not. Decisions may ask for it. A sign-in
-- under way notes whether it was begun for that.
alter table session
    add column auth_time timestamptz,
    add column acr       text not null default '' check (length(acr) <= 255);
alter table login_flow add column again boolean not null default false;

-- +goose Down
alter table login_flow drop column again;
alter table session drop column acr, drop column auth_time;
