-- +goose Up

-- Which records of other projects rest on a project.
create index record_depends on record ((fields ->> 'project')) where kind = 'dependency' and at_gate;

-- +goose Down
drop index record_depends;
