-- +goose Up

-- For lists: to whom the project is open, and of each stage how many items have evidence that
-- has expired and nothing newer.
alter table portfolio
    add column exposure text,
    add column expired  smallint[];
update portfolio f
   set exposure = (select p.exposure from project p where p.id = f.project_id),
       expired = array_fill(0::smallint, array[cardinality(gates)]),
       next_change_at = now(); -- the sweep counts
alter table portfolio
    alter column exposure set not null,
    alter column expired set not null;

-- +goose Down

alter table portfolio
    drop column exposure,
    drop column expired;
