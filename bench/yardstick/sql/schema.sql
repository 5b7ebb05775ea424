-- The least that a checklist page and a tick need, without the rules that make the product's tables larger: what a yardstick
-- leaves out makes it faster, and the goals stricter.
create table session (
    id        bytea primary key,
    user_name text not null,
    csrf      bytea not null,
    expires   timestamptz not null
);

create table project (
    id         bigint primary key,
    name       text not null,
    owner      text not null,
    tier       integer not null,
    version    bigint not null default 1,
    updated_at timestamptz not null default now()
);

create table item (
    id         bigint primary key,
    project_id bigint not null,
    stage      smallint not null,
    position   smallint not null,
    status     smallint not null,
    title      text not null,
    help       text not null,
    owner      text not null,
    note       text not null default '',
    version    integer not null default 1,
    updated_at timestamptz not null default now()
);

create table evidence (
    id         bigint primary key,
    project_id bigint not null,
    item_id    bigint not null,
    title      text not null,
    url        text not null
);

create table signoff (
    project_id bigint not null,
    stage      smallint not null,
    signed_by  text not null,
    signed_at  timestamptz not null,
    primary key (project_id, stage)
);

create table chain_head (
    project_id bigint primary key,
    seq        bigint not null,
    hash       bytea not null
);

create table audit (
    id         bigint generated always as identity primary key,
    project_id bigint not null,
    seq        bigint not null,
    item_id    bigint not null,
    actor      text not null,
    action     text not null,
    detail     jsonb not null,
    at         timestamptz not null default now(),
    prev_hash  bytea not null,
    hash       bytea not null
);

create index on audit (project_id, seq);
