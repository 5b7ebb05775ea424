-- +goose Up

-- What a plan is composed of: a version of a lifecycle, versions of modules, and
-- what a project tailored. Projects made of the same share one.
create table plan (
    digest text primary key check (digest ~ '^[0-9a-f]{64}$'),
    origin json not null
);
insert into plan (digest, origin)
select r.template_digest, json_build_object('lifecycle',
           json_build_object('key', r.template_key, 'version', r.template_version, 'digest', r.template_digest))
  from (select distinct template_key, template_version, template_digest from review) r;

alter table review add column plan text references plan (digest);
update review set plan = template_digest;
alter table review alter column plan set not null;

-- The stages of a project's present review as its plan, tier and profile have
-- them, for lists over many projects.
create table stage (
    project_id bigint   not null,
    review_no  int      not null,
    stage      text     not null,
    place      smallint not null check (place >= 0), -- from 0
    seats      text[]   not null, -- at its gate
    primary key (project_id, review_no, stage),
    foreign key (project_id, review_no) references review (project_id, no)
);
insert into stage (project_id, review_no, stage, place, seats)
select f.project_id, f.review_no, s.stage->>'key', s.place - 1,
       array(select seat->>'seat'
               from json_array_elements(s.stage->'gate'->'seats') with ordinality as g (seat, n)
              where (seat->'tiers' is null or exists (select from json_array_elements_text(seat->'tiers') t where t::int = p.tier))
                and (seat->'when' is null or exists (select from json_array_elements_text(seat->'when') w where w = any(p.profile)))
              order by n)
  from portfolio f
  join project p on p.id = f.project_id
  join review r on r.project_id = f.project_id and r.no = f.review_no
  join template_version v on v.key = r.template_key and v.version = r.template_version
 cross join lateral json_array_elements(v.body->'stages') with ordinality as s (stage, place);

create trigger plan_never_changes before update or delete on plan for each row execute function refuse_change();

-- +goose StatementBegin
do $$
begin
    if exists (select from pg_roles where rolname = 'slipway_app') then
        grant select, insert on plan to slipway_app;
        grant select, insert, update, delete on stage to slipway_app;
    end if;
end $$;
-- +goose StatementEnd

-- +goose Down
drop table stage;
alter table review drop column plan;
drop table plan;
