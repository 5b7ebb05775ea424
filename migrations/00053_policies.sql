-- +goose Up

-- The library has policies, too.
alter table template_version drop constraint template_version_kind_check,
    add constraint template_version_kind_check check (kind in ('lifecycle', 'module', 'definition', 'policy'));
alter table draft drop constraint draft_kind_check,
    add constraint draft_kind_check check (kind in ('lifecycle', 'module', 'definition', 'policy'));

-- +goose Down
-- A program from before policies could not read them.
delete from draft where kind = 'policy';
alter table draft drop constraint draft_kind_check,
    add constraint draft_kind_check check (kind in ('lifecycle', 'module', 'definition'));
alter table template_version disable trigger template_version_immutable;
delete from template_version where kind = 'policy';
alter table template_version enable trigger template_version_immutable;
alter table template_version drop constraint template_version_kind_check,
    add constraint template_version_kind_check check (kind in ('lifecycle', 'module', 'definition'));
