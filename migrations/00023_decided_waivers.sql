-- +goose Up

-- Whether the item of a waiver applies is kept for waivers of the present review
-- that wait for a decision. What it was when somebody decided, or when the next
-- review began, was left in the row, which a rebuild could not know.
update waiver w
   set applies = true
 where not applies
   and (granted_at is not null or denied_at is not null
        or review_no < (select max(r.no) from review r where r.project_id = w.project_id));

-- +goose Down
select 1;
