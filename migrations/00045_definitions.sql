-- +goose Up

-- The library has readiness definitions, too.
alter table template_version drop constraint template_version_kind_check,
    add constraint template_version_kind_check check (kind in ('lifecycle', 'module', 'definition'));
alter table draft drop constraint draft_kind_check,
    add constraint draft_kind_check check (kind in ('lifecycle', 'module', 'definition'));

-- +goose Down
-- A program from before definitions could not read them.
delete from draft where kind = 'definition';
alter table draft drop constraint draft_kind_check,
    add constraint draft_kind_check check (kind in ('lifecycle', 'module'));
alter table template_version disable trigger template_version_immutable;
delete from template_version where kind = 'definition';
alter table template_version enable trigger template_version_immutable;
alter table template_version drop constraint template_version_kind_check,
    add constraint template_version_kind_check check (kind in ('lifecycle', 'module'));
