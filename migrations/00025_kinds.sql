-- +goose Up

-- What is published is a lifecycle or a module. Keys are unique over both.
alter table template_version add column kind text not null default 'lifecycle' check (kind in ('lifecycle', 'module'));

-- +goose Down
-- A program from before modules would take them for lifecycles.
alter table template_version disable trigger template_version_immutable;
delete from template_version where kind = 'module';
alter table template_version enable trigger template_version_immutable;
alter table template_version drop column kind;
